"""News that goes round: what a recipient's own system passes back to the hub is known for what it is, by origin and by content."""

from typing import Any

from hub.cases import Arrival
from schemas import SourceKind, State, message_id, parse_notification_object
from tests.cases.deaths import death, event
from tests.planning.conftest import Hub

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
    return Arrival("tax-office", SourceKind.COUNCIL_SERVICE, parse_notification_object(told), recipient=recipient)


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


async def test_what_it_adds_itself_is_told_to_the_others_once(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_LIVED))
    await hub.sent(TAX, State.APPLIED)
    await hub.sent("dwp.benefits", State.APPLIED)
    assert await hub.tell_and_plan(passed_on(nino="AB123456C")) == case
    rows = await hub.rows(case)
    benefits = rows["dwp.benefits", 2].event
    assert benefits is not None
    assert benefits["data"]["deceased"]["nino"] == "AB123456C"
    assert (TAX, 2) not in rows
