"""What tells two people apart where somebody says that it is one, and what a correction may put right."""

from typing import Any

import pytest

from hub.cases.matching import contradicts
from hub.kinds import BUILT_IN

ADA: dict[str, Any] = {"names": {"given": ["Ada"], "family": "Planted"}, "dateOfBirth": {"value": "1931-04-07"}, "nino": "AB123456C"}


def _registered(number: str, **more: Any) -> dict[str, Any]:
    return {"registration": {"number": number, **more}}


def _scottish(district: str, year: int) -> dict[str, Any]:
    return _registered("12", area="scotland", district=district, year=year)


# The day of a change, its sort and its order say which change it is, and nobody's name.
CORRECTED: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "the day of a move": ("change-of-address", {"mover": ADA, "movedOn": "2026-03-01"}, {"mover": ADA, "movedOn": "2026-03-02"}),
    "the day of another name": ("change-of-name", {"person": ADA, "changedOn": "2026-03-01"}, {"person": ADA, "changedOn": "2026-03-02"}),
    "the sort and day of a partnership": (
        "partnership",
        {"person": ADA, "change": "marriage", "tookPlaceOn": "2026-03-01"},
        {"person": ADA, "change": "civil-partnership", "tookPlaceOn": "2026-03-02"},
    ),
    "the day of a death in the family": (
        "family-bereavement",
        {"person": ADA, "deceased": {"dateOfDeath": {"value": "2026-03-01"}}},
        {"person": ADA, "deceased": {"dateOfDeath": {"value": "2026-03-02"}}},
    ),
    "the order of a birth": ("birth", {"mother": ADA, "confinement": {"order": 1}}, {"mother": ADA, "confinement": {"order": 2}}),
    "an initial": ("change-of-name", {"person": ADA}, {"person": ADA | {"names": {"given": ["A."], "family": "Planted"}}}),
    "a year of birth": ("change-of-name", {"person": ADA}, {"person": ADA | {"dateOfBirth": {"value": "1931"}}}),
    "an entry written otherwise": ("bereavement", _registered("ab 12"), _registered("AB12", area="england-and-wales")),
}
OTHERS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "a number that begins as another": ("bereavement", _registered("12"), _registered("123")),
    "the same number in another area": ("bereavement", _registered("12"), _registered("12", area="northern-ireland")),
    "the same number in another district": ("bereavement", _scottish("Leith", 2026), _scottish("Ayr", 2026)),
    "the same number in another year": ("birth", _scottish("Leith", 2025), _scottish("Leith", 2026)),
    "the number of another marriage": ("partnership", _registered("12"), _registered("123")),
    "a family name that begins as another": (
        "bereavement",
        {"deceased": {"names": {"family": "Plant"}}},
        {"deceased": {"names": {"family": "Planted"}}},
    ),
    "another birth date": ("change-of-address", {"mover": ADA}, {"mover": ADA | {"dateOfBirth": {"value": "1931-04-08"}}}),
}


@pytest.mark.parametrize("what", CORRECTED)
def test_what_a_correction_may_put_right_is_of_the_same_person(what: str) -> None:
    kind, one, other = CORRECTED[what]
    assert not contradicts(BUILT_IN[kind], one, other)


@pytest.mark.parametrize("what", OTHERS)
def test_another_name_number_or_birth_date_is_somebody_else(what: str) -> None:
    kind, one, other = OTHERS[what]
    assert contradicts(BUILT_IN[kind], one, other)
    assert contradicts(BUILT_IN[kind], other, one)
