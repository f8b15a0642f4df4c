"""News that goes round: what a recipient's own system passes back to the hub is known for what it is, by origin and by content."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.cases import Arrival
from schemas import BUILT_IN, SourceKind, State, message_id
from tests.cases.deaths import death, event
from tests.planning.conftest import Hub, everyone
from tests.planning.family import SG1, TODAY, WD17, person, told
from tests.planning.paper import organisation

TAX = "stevenage.council-tax"
_LIVED = {
    "names": {"given": ["Ada"], "family": "Planted"},
    "dateOfBirth": {"value": "1931-04-07"},
    "dateOfDeath": {"value": "2026-02-11"},
    "usualAddress": {"postcode": "SG1 1JG"},
}


def passed_on(recipient: str | None = TAX, originid: str | None = None, **more: Any) -> Arrival:
    """What the tax office's system makes of what it read: no number of anybody, no registration."""
    told = event(deceased=_LIVED | more, standing="informal", registration=None)
    told |= {"originid": originid} if originid else {}
    return Arrival("tax-office", SourceKind.COUNCIL_SERVICE, BUILT_IN.parse_object(told), recipient=recipient)


async def _count(hub: Hub, table: str) -> int:
    return int((await hub.run(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608


async def test_what_comes_back_with_its_origin_is_of_the_case_it_came_from(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_LIVED | {"nino": "AB123456C"}))
    (sent,) = [row for row in (await hub.rows(case)).values() if row.recipient == TAX]
    await hub.sent(TAX, State.ACCEPTED)
    deliveries = await _count(hub, "delivery")
    came_back = passed_on(originid=message_id(sent.id, 1), names={"given": ["A."], "family": "Planted"})
    assert await hub.tell_and_plan(came_back) == case
    assert await _count(hub, "cases") == 1
    assert await _count(hub, "delivery") == deliveries


async def test_what_comes_back_without_a_word_of_its_origin_is_known_by_its_content(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_LIVED | {"nino": "AB123456C"}))
    await hub.sent(TAX, State.APPLIED)
    deliveries = await _count(hub, "delivery")
    assert await hub.tell_and_plan(passed_on()) == case
    assert (await _count(hub, "cases"), await _count(hub, "delivery")) == (1, deliveries)
    assert await hub.tasks() == set()


async def test_the_same_from_somebody_who_was_not_told_is_news_and_a_person_is_asked(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_LIVED | {"nino": "AB123456C"}))
    assert await hub.tell_and_plan(passed_on()) != case  # planned for the tax office, and not sent to it yet
    assert {cause for cause, _ in await hub.tasks()} == {"match-proposed"}


async def test_an_origin_of_somebody_else_s_message_leads_nowhere(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_LIVED))
    (other,) = [row for row in (await hub.rows(case)).values() if row.recipient == "dwp.benefits"]
    await hub.sent("dwp.benefits", State.ACCEPTED)
    assert await hub.tell_and_plan(passed_on(originid=message_id(other.id, 1))) != case


# What a recipient says of somebody, naming a message that was about Ada Planted.
OTHERS: dict[str, dict[str, Any]] = {
    "another number": {"nino": "CE123456A"},
    "another name": {"names": {"given": ["Bob"], "family": "Planted"}},
    "another birthday": {"dateOfBirth": {"value": "1950-01-01"}},
}


@pytest.mark.parametrize("what", OTHERS)
async def test_a_wrong_origin_makes_no_case_of_two_people_and_a_person_is_asked(hub: Hub, what: str) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_LIVED | {"nino": "AB123456C"}))
    (sent,) = [row for row in (await hub.rows(case)).values() if row.recipient == TAX]
    await hub.sent(TAX, State.ACCEPTED)
    other = await hub.tell(passed_on(originid=message_id(sent.id, 1), **OTHERS[what]))
    assert other != case
    assert {cause for cause, _ in await hub.tasks()} == {"keys-disagree"}
    assert await hub.run("SELECT case_a, case_b FROM proposed_match") == [tuple(sorted((case, other)))]


async def test_what_it_adds_itself_is_told_to_the_others_once(hub: Hub) -> None:
    await hub.load(everyone(benefits={"more": ["deceased.sex"]}))
    case = await hub.tell_and_plan(death(1, deceased=_LIVED))
    await hub.sent(TAX, State.APPLIED)
    await hub.sent("dwp.benefits", State.APPLIED)
    assert await hub.tell_and_plan(passed_on(sex="female")) == case
    rows = await hub.rows(case)
    benefits = rows["dwp.benefits", 2].event
    assert benefits is not None
    assert benefits["data"]["deceased"]["sex"] == "female"
    assert (TAX, 2) not in rows


_TEAM = "all-duty.team"


def by_team(kind: str, **data: Any) -> Arrival:
    return replace(told(kind, "team", SourceKind.COUNCIL_SERVICE, **data), recipient=_TEAM)


_MOTHER, _ADA, _BORN = person("Ada", nhsNumber="9434765919"), person("Ada", usualAddress=SG1), {"value": "2026-02-10"}
_REACHED = {"person": _ADA, "changedOn": "2026-02-11", "reach": {"telephone": "01438 242242"}}
# What was told first, and what its recipient tells that looks like it and is another.
ANOTHER: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "a twin with a number and an order of its own": (
        "birth",
        {"child": {"dateOfBirth": _BORN, "nhsNumber": "9434765870"}, "mother": _MOTHER, "confinement": {"order": 1}},
        {"child": {"dateOfBirth": _BORN, "nhsNumber": "9876543210"}, "mother": _MOTHER, "confinement": {"order": 2}},
    ),
    "a twin of whom only the order is known": (
        "birth",
        {"child": {"dateOfBirth": _BORN}, "mother": person("Ada"), "confinement": {"order": 1}},
        {"child": {"dateOfBirth": _BORN}, "mother": person("Ada"), "confinement": {"order": 2}},
    ),
    "a number that nobody knows yet": (
        "birth",
        {"child": {"dateOfBirth": _BORN}, "mother": person("Ada")},
        {"child": {"dateOfBirth": _BORN, "nhsNumber": "9876543210"}, "mother": person("Ada")},
    ),
    "a second death in a family": (
        "family-bereavement",
        {"person": _ADA, "relationship": "child", "deceased": {"dateOfDeath": {"value": "2026-02-11"}}},
        {"person": _ADA, "relationship": "child", "deceased": {"dateOfDeath": {"value": "2026-02-20"}}},
    ),
    "a second change of telephone": ("change-of-contact", _REACHED, _REACHED | {"changedOn": "2026-02-20"}),
    "another telephone": ("change-of-contact", _REACHED, _REACHED | {"reach": {"telephone": "01438 242243"}}),
    "a second move": (
        "change-of-address",
        {"mover": _ADA, "movedOn": (TODAY - timedelta(days=9)).isoformat(), "oldAddress": SG1, "newAddress": WD17},
        {"mover": _ADA, "movedOn": TODAY.isoformat(), "oldAddress": SG1, "newAddress": {"postcode": "WD17 1XL"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ANOTHER)
async def test_what_a_recipient_tells_of_another_is_a_case_of_its_own_and_a_person_is_asked(hub: Hub, name: str) -> None:
    kind, first, second = ANOTHER[name]
    await hub.load([organisation("all-duty", "everywhere", kind, {"team": [next(iter(first))]})])
    case = await hub.tell_and_plan(told(kind, **first))
    await hub.sent(_TEAM)
    assert await hub.tell(by_team(kind, **second)) != case
    assert "match-proposed" in {cause for cause, _ in await hub.tasks()}


async def test_who_corrects_the_day_and_says_what_it_was_told_by_corrects_that_case(hub: Hub) -> None:
    kind, first, _ = ANOTHER["a second move"]
    first = first | {"mover": _ADA | {"nino": "AB123456C", "dateOfBirth": {"value": "1931-04-07"}}}
    await hub.load([organisation("all-duty", "everywhere", kind, {"team": ["mover", "movedOn"]})])
    case = await hub.tell_and_plan(told(kind, **first))
    (sent,) = (await hub.rows(case)).values()
    await hub.sent(_TEAM)
    another_day = by_team(kind, **first | {"movedOn": (TODAY - timedelta(days=8)).isoformat()})
    named = replace(another_day, notification=another_day.notification.model_copy(update={"originid": message_id(sent.id, 1)}))
    assert await hub.tell(named) == case
    assert await _count(hub, "cases") == 1


@pytest.mark.parametrize("name", ["a second death in a family", "a second change of telephone", "a second move"])
async def test_the_same_written_otherwise_is_still_the_same(hub: Hub, name: str) -> None:
    kind, first, _ = ANOTHER[name]
    await hub.load([organisation("all-duty", "everywhere", kind, {"team": [next(iter(first))]})])
    case = await hub.tell_and_plan(told(kind, **first))
    await hub.sent(_TEAM)
    (subject,) = (field for field in ("person", "mover") if field in first)
    shouted = first[subject] | {"names": {"given": ["ADA"], "family": "PLANTED"}}
    assert await hub.tell(by_team(kind, **first | {subject: shouted})) == case
