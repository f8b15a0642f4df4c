"""A service is one provider's until a day and another's from that day on: a shared back office that begins or is given up."""

from datetime import date
from pathlib import Path

import orjson
import pytest

from hub.cli.kinds import checks
from hub.recipients import Register, read
from hub.settings import Settings

_BEFORE, _SINCE = date(2027, 3, 31), date(2027, 4, 1)
_NORTH, _EAST, _STEVENAGE = "E07000099", "E07000242", "E07000243"

_SERVICE = """\
services:
  - service: housing-benefit
    name: Housing benefit
    kinds: [bereavement]
    connector: webhook
    settings: {url: https://benefits.example.org/in, secrets: ["${BENEFITS_SECRET}"]}
    answersWithin: 5 days
"""
_SHARED = f"""\
organisation: shared-benefits
name: Shared benefits team
places:
  - {_NORTH}
  - {{code: {_EAST}, until: 2027-04-01}}
  - {{code: {_STEVENAGE}, until: 2027-04-01}}
"""
_OWN = f"""\
organisation: stevenage
name: Stevenage Borough Council
places: [{{code: {_STEVENAGE}, from: 2027-04-01}}]
"""


@pytest.fixture
def register(tmp_path: Path) -> Register:
    for name, text in (("shared", _SHARED), ("stevenage", _OWN)):
        (tmp_path / f"{name}.yaml").write_text(text + _SERVICE)
    found = read(tmp_path, checks(Settings()))
    assert isinstance(found, Register), [str(fault) for fault in found]
    return found


def _told(register: Register, code: str, on: date) -> list[str]:
    return [one.id for one in register.concerned("bereavement", [code], on)]


def test_on_the_day_another_provider_is_told_and_the_one_before_no_longer(register: Register) -> None:
    assert _told(register, _STEVENAGE, _BEFORE) == ["shared-benefits.housing-benefit"]
    assert _told(register, _STEVENAGE, _SINCE) == ["stevenage.housing-benefit"]


def test_where_nobody_takes_it_over_nobody_is_told_and_what_has_no_days_stays(register: Register) -> None:
    assert _told(register, _EAST, _BEFORE) == ["shared-benefits.housing-benefit"]
    assert _told(register, _EAST, _SINCE) == []
    assert _told(register, _NORTH, _BEFORE) == _told(register, _NORTH, _SINCE) == ["shared-benefits.housing-benefit"]


def test_days_come_back_from_the_ledger_as_they_were_and_a_code_alone_stays_a_code(register: Register) -> None:
    content = orjson.loads(register.content)
    shared, own = content["organisations"]
    assert shared["places"] == [_NORTH, {"code": _EAST, "until": "2027-04-01"}, {"code": _STEVENAGE, "until": "2027-04-01"}]
    assert own["places"] == [{"code": _STEVENAGE, "from": "2027-04-01"}]
    again = Register.from_content(content, 1)
    assert again.digest == register.digest
    assert _told(again, _STEVENAGE, _SINCE) == ["stevenage.housing-benefit"]


def test_a_place_may_be_given_up_and_taken_back(tmp_path: Path) -> None:
    twice = f"places: [{{code: {_STEVENAGE}, until: 2026-04-01}}, {{code: {_STEVENAGE}, from: 2027-04-01}}]\n"
    (tmp_path / "one.yaml").write_text("organisation: stevenage\nname: Stevenage\n" + twice + _SERVICE)
    found = read(tmp_path, checks(Settings()))
    assert isinstance(found, Register)
    told = [bool(_told(found, _STEVENAGE, on)) for on in (date(2026, 3, 31), date(2026, 4, 1), _BEFORE, _SINCE)]
    assert told == [True, False, False, True]
