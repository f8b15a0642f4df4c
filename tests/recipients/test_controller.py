"""Who runs the hub is read with the register: whole, or with every fault by its line; and warned of where it is missing."""

from pathlib import Path

import orjson
import pytest

from hub.cli.kinds import checks
from hub.recipients import Register, read
from hub.settings import Settings

_ENTRY = """\
organisation: stevenage
name: Stevenage Borough Council
places: [E07000243]
services:
  - service: council-tax
    name: Council tax
    kinds: [bereavement]
    connector: topic
    settings: {group: tax}
    urgent:
      connector: topic
      settings: {group: tax}
    answersWithin: 5 days
"""
_CONTROLLER = """\
name: A hub
address: [1 Sample Street, Hertford]
dataProtectionOfficer: {name: An officer, telephone: 01632 960001, email: dpo@hub.example.org}
icoRegistration: ZA000000
contact:
  name: Jo Sample
  telephone: 0808 157 0001
  email: put.right@hub.example.org
"""


def _read(folder: Path, entry: str = _ENTRY, controller: str | None = _CONTROLLER) -> Register | list[str]:
    (folder / "stevenage.yaml").write_text(entry)
    if controller is not None:
        (folder / "controller.yaml").write_text(controller)
    found = read(folder, checks(Settings()))
    return found if isinstance(found, Register) else [str(fault) for fault in found]


def test_it_is_kept_with_the_register_and_comes_back_from_the_ledger(tmp_path: Path) -> None:
    register = _read(tmp_path)
    assert isinstance(register, Register)
    assert register.controller is not None
    assert register.controller.contact.name == "Jo Sample"
    again = Register.from_content(orjson.loads(register.content), 0)
    assert again == register
    assert not any("controller.yaml" in str(warning) for warning in register.warnings)


def test_a_hub_that_names_nobody_is_warned_of(tmp_path: Path) -> None:
    register = _read(tmp_path, controller=None)
    assert isinstance(register, Register)
    assert any("controller.yaml" in str(warning) and "recorded as dead" in str(warning) for warning in register.warnings)
    assert Register.from_content(orjson.loads(register.content), 1).controller is None


@pytest.mark.parametrize(
    ("right", "wrong", "where", "said"),
    [
        ("ZA000000", "REF-12345", "controller.yaml:4: icoRegistration", "not of the form accepted"),
        ("  telephone: 0808 157 0001", "  telephone: ring us", "controller.yaml:7: contact.telephone", "not of the form accepted"),
        ("put.right@hub.example.org", "nobody", "controller.yaml:8: contact.email", "not of the form accepted"),
        ("name: A hub\n", "", "controller.yaml:1: name", "is missing"),
        ("name: A hub", "name: A hub\nfax: 1", "controller.yaml:2: fax", "is not known here; accepted: name,"),
        ("ZA000000", "REF-12345", "controller.yaml:4: icoRegistration", "accepted: Z, a letter or figure, and six figures"),
    ],
)
def test_each_fault_of_it_is_said_with_its_line(tmp_path: Path, right: str, wrong: str, where: str, said: str) -> None:
    found = _read(tmp_path, controller=_CONTROLLER.replace(right, wrong, 1))
    assert isinstance(found, list)
    assert any(fault.startswith(where) and said in fault for fault in found), found


@pytest.mark.parametrize(
    ("right", "wrong", "where", "said"),
    [
        ("      connector: topic", "      connector: pigeon", "stevenage.yaml:11: services.0.urgent.connector", "is not known"),
        ("      settings: {group: tax}", "      settings: {}", "stevenage.yaml:12: services.0.urgent.settings", "is not accepted"),
        ("      connector: topic\n", "", "stevenage.yaml:10: services.0.urgent.connector", "is missing"),
    ],
)
def test_the_urgent_way_is_checked_like_the_ordinary_one(tmp_path: Path, right: str, wrong: str, where: str, said: str) -> None:
    found = _read(tmp_path, _ENTRY.replace(right, wrong, 1))
    assert isinstance(found, list)
    assert any(fault.startswith(where) and said in fault for fault in found), found


def test_a_hold_window_of_ones_own_lies_over_the_built_in_kind_and_stays_with_the_register(tmp_path: Path) -> None:
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "bereavement.yaml").write_text("kind: bereavement\nholdFor: {citizen: 24 hours}\n")
    register = _read(tmp_path)
    assert isinstance(register, Register)
    again = Register.from_content(orjson.loads(register.content), 1).kinds["bereavement"]
    assert {source.value: held.total_seconds() for source, held in again.hold_for.items()} == {"citizen": 86_400}
    assert again.matching == register.kinds["bereavement"].matching
