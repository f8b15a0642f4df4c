"""Who is told of each kind of change, at each kind of council: the sample register, and councils as entries to start from have them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from hub.cli.kinds import checks
from hub.kinds import BUILT_IN
from hub.planning.case import Verdict
from hub.planning.offers import OfferBook
from hub.recipients import Organisation, Register, read, starting_points
from hub.settings import Settings
from schemas import KINDS, Standing
from tests.planning.paper import SAMPLE, book_of, held, judged, noon, not_told, parts

_ROOT = Path(__file__).parents[2]
_NOW = noon(2026, 11, 21)
# What two-tier districts and counties run between them, and every other council alone but for what is somebody else's there.
_ALL = {
    "council-tax", "housing-benefit", "housing", "electoral-registration", "assisted-waste", "parking-permits", "debts",
    "adult-social-care", "childrens-services", "libraries", "blue-badge", "concessionary-travel",
}  # fmt: skip
_BY_STATUTE = {
    "bereavement": _ALL,
    "birth": {"childrens-services"},
    "stillbirth": set[str](),
    "change-of-address": {"council-tax", "electoral-registration", "childrens-services"},
    "change-of-name": set[str](),
    "partnership": set[str](),
    "change-of-contact": set[str](),
    "family-bereavement": {"council-tax", "housing-benefit", "housing", "adult-social-care", "childrens-services"},
}
_BY_CHOICE = {
    "bereavement": set[str](),
    "birth": {"housing-benefit", "housing", "libraries"},
    "stillbirth": {"childrens-services"},
    "change-of-address": _ALL - _BY_STATUTE["change-of-address"],
    "change-of-name": _ALL - {"assisted-waste", "parking-permits"},
    "partnership": {"council-tax", "housing-benefit", "housing", "adult-social-care"},
    "change-of-contact": _ALL - {"electoral-registration", "assisted-waste", "parking-permits"},
    "family-bereavement": set[str](),
}
_PENSIONS = {"civil-service-pensions.pensions", "veterans-uk.pensions"}
_DVLA, _NHS, _STATE = {"dvla.licences", "dvla.keepers"}, {"nhs.demographics", "nhs.child-health"}, {"dwp.benefits", "hmrc.tax"}
_CENTRE_BY_STATUTE = {
    "bereavement": _STATE | _PENSIONS | _DVLA | {"nhs.demographics", "passport-office.passports"},
    "birth": _STATE | _NHS,
    "stillbirth": _STATE | _NHS,
    "family-bereavement": _STATE,
}
_CENTRE_BY_CHOICE = {
    "change-of-address": _STATE | _PENSIONS | _DVLA | _NHS,
    "change-of-name": _STATE | _PENSIONS | _DVLA | {"nhs.demographics", "passport-office.passports"},
    "partnership": _STATE | _PENSIONS,
    "change-of-contact": _STATE | _PENSIONS | {"nhs.demographics"},
}
# Postcode, code of the council whose entries are written, and what is somebody else's there.
_GENERATED = {
    "two-tier": ("SG1 1AA", "E10000015", set[str]()),
    "unitary": ("DL7 8AD", "E06000065", set[str]()),
    "metropolitan": ("L1 8JQ", "E08000012", {"concessionary-travel"}),
    "london": ("SW1E 6QP", "E09000033", set[str]()),
    "scottish": ("EH1 1BQ", "S12000036", {"electoral-registration"}),
    "welsh": ("CF10 4UW", "W06000015", {"concessionary-travel"}),
}


@cache
def _generated(code: str) -> OfferBook:
    """The council's entries to start from, signed."""
    signed = {"sender": SAMPLE, "receiver": SAMPLE, "impactAssessment": "sample"}
    written = [yaml.safe_load(text) for text in starting_points(code, _NOW.date()).values()]
    return book_of([Organisation.model_validate(one | {"agreements": [a | signed for a in one["agreements"]]}) for one in written])


@pytest.fixture(scope="module")
def samples() -> OfferBook:
    found = read(_ROOT / "infra/recipients", checks(Settings()))
    assert isinstance(found, Register), [str(fault) for fault in found]
    return book_of(found.organisations)


def _content(kind: str, postcode: str, **more: Any) -> dict[str, Any]:
    """The published example of a kind, told of somebody who lives at `postcode`, and moves within it."""
    content: dict[str, Any] = orjson.loads((_ROOT / f"schemas/examples/{kind}.json").read_bytes())["data"]
    for name in ("choices", "standing", "fact"):
        content.pop(name, None)
    for where in BUILT_IN[kind].places:
        *above, last = where.address[0].split(".")
        part = content
        for name in above:
            part = part[name]
        part[last] = {"lines": ["1 High Street"], "postcode": postcode}
    day = BUILT_IN[kind].effective
    return content | ({day: _NOW.date().isoformat()} if day else {}) | {"identity": "medium"} | more


def _chosen(*recipients: str, tell: bool = True) -> dict[str, Any]:
    return {"choices": [{"recipient": one, "tell": tell} for one in recipients]}


def _services(verdicts: Mapping[str, Any]) -> set[str]:
    return {id_.partition(".")[2] for id_ in verdicts}


@pytest.mark.parametrize("tier", sorted(_GENERATED))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_at_each_kind_of_council_those_are_told_whose_duty_it_is_and_others_once_they_are_chosen(kind: str, tier: str) -> None:
    postcode, code, elsewhere = _GENERATED[tier]
    book = _generated(code)
    unasked = judged(book, kind, _content(kind, postcode), _NOW, Standing.REGISTERED)
    assert _services(parts(unasked)) == _BY_STATUTE[kind] - elsewhere
    assert _services(held(unasked)) == _BY_CHOICE[kind] - elsewhere
    assert set(held(unasked).values()) <= {"not-chosen"}
    assert _services(not_told(unasked)) == set(BUILT_IN[kind].expected) & elsewhere
    asked = judged(book, kind, _content(kind, postcode, **_chosen(*held(unasked))), _NOW, Standing.REGISTERED)
    assert _services(parts(asked)) == (_BY_STATUTE[kind] | _BY_CHOICE[kind]) - elsewhere


def test_in_two_tiers_county_and_district_are_each_told_their_own() -> None:
    verdicts = judged(_generated("E10000015"), "bereavement", _content("bereavement", "SG1 1AA"), _NOW, Standing.REGISTERED)
    by_council = {
        council: {id_.partition(".")[2] for id_ in parts(verdicts) if id_.startswith(f"{council}.")} for council in _councils(verdicts)
    }
    assert by_council == {
        "hertfordshire": {"adult-social-care", "childrens-services", "libraries", "blue-badge", "concessionary-travel", "debts"},
        "stevenage": {"council-tax", "housing-benefit", "housing", "electoral-registration", "assisted-waste", "parking-permits", "debts"},
    }


def _councils(verdicts: Mapping[str, Verdict]) -> set[str]:
    return {id_.partition(".")[0] for id_ in verdicts}


@pytest.mark.parametrize("postcode", ["SG1 1AA", "L1 8JQ"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_centre_is_told_wherever_somebody_lives(samples: OfferBook, kind: str, postcode: str) -> None:
    unasked = judged(samples, kind, _content(kind, postcode), _NOW, Standing.REGISTERED)
    centre = {id_ for id_, one in samples.register.recipients.items() if one.places is None}
    assert parts(unasked).keys() & centre == _CENTRE_BY_STATUTE.get(kind, set())
    assert held(unasked).keys() & centre == _CENTRE_BY_CHOICE.get(kind, set())


_BIRTH = {
    "SG1 1AA": ({"hertfordshire.childrens-services"}, {"shared-benefits.housing-benefit", "stevenage.housing", "hertfordshire.libraries"}),
    "L1 8JQ": ({"liverpool.childrens-services"}, {"liverpool.housing-benefit", "liverpool.housing", "liverpool.libraries"}),
}


@pytest.mark.parametrize("postcode", sorted(_BIRTH))
def test_a_registered_birth(samples: OfferBook, postcode: str) -> None:
    told, asked = _BIRTH[postcode]
    verdicts = judged(samples, "birth", _content("birth", postcode), _NOW, Standing.REGISTERED)
    assert parts(verdicts).keys() == told | _STATE | _NHS
    assert held(verdicts) == dict.fromkeys(asked, "not-chosen")
    refused = judged(samples, "birth", _content("birth", postcode, **_chosen(*asked, tell=False)), _NOW, Standing.REGISTERED)
    assert not_told(refused) == dict.fromkeys(asked, "citizen-said-no")


@pytest.mark.parametrize("standing", [Standing.INFORMAL, Standing.CERTIFIED])
@pytest.mark.parametrize("kind", ["birth", "stillbirth"])
def test_before_it_is_registered_a_birth_is_told_to_the_health_service_alone(samples: OfferBook, kind: str, standing: Standing) -> None:
    verdicts = judged(samples, kind, _content(kind, "SG1 1AA"), _NOW, standing)
    assert parts(verdicts).keys() == _NHS
    assert set(held(verdicts).values()) == {"standing"}


@pytest.mark.parametrize("kind", ["bereavement", "family-bereavement"])
@pytest.mark.parametrize("standing", [Standing.INFORMAL, Standing.CERTIFIED])
def test_a_death_is_told_to_nobody_before_it_is_registered(samples: OfferBook, kind: str, standing: Standing) -> None:
    assert parts(judged(samples, kind, _content(kind, "SG1 1AA"), _NOW, standing)) == {}


@pytest.mark.parametrize("kind", ["change-of-address", "change-of-name", "partnership", "change-of-contact"])
def test_what_people_tell_of_themselves_waits_until_it_is_sure_enough_who_told(samples: OfferBook, kind: str) -> None:
    chosen = _chosen(*samples.register.recipients)
    unsure = judged(samples, kind, _content(kind, "L1 8JQ", identity="low", **chosen), _NOW)
    assert set(held(unsure).values()) == {"identity"}
    assert parts(unsure) == {}
    assert held(judged(samples, kind, _content(kind, "L1 8JQ", **chosen), _NOW)) == {}


def test_who_belongs_to_no_public_body_is_told_by_choice_of_whom_it_serves(samples: OfferBook) -> None:
    kinds = {
        kind
        for kind in KINDS
        if held(judged(samples, kind, _content(kind, "WD3 1RL"), _NOW, Standing.REGISTERED)).get("chiltern-oak-homes.housing")
    }
    assert kinds == set(samples.register.recipients["chiltern-oak-homes.housing"].entry.kinds)
    moved = judged(samples, "change-of-address", _content("change-of-address", "L1 8JQ", **_chosen("mersey-penny.members")), _NOW)
    assert "mersey-penny.members" in parts(moved)
    away = judged(samples, "change-of-address", _content("change-of-address", "SG1 1AA", **_chosen("mersey-penny.members")), _NOW)
    assert "mersey-penny.members" not in away


@pytest.mark.parametrize("postcode", ["SG1 1AA", "SG13 8EQ", "SG6 3JF"])
def test_three_districts_have_one_benefits_team(samples: OfferBook, postcode: str) -> None:
    verdicts = judged(samples, "bereavement", _content("bereavement", postcode), _NOW, Standing.REGISTERED)
    assert [id_ for id_ in parts(verdicts) if id_.endswith(".housing-benefit")] == ["shared-benefits.housing-benefit"]
