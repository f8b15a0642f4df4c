"""A service passes to another provider on a day, as councils do when they end: what is open passes with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.clock.successions import Successions
from hub.recipients import Organisation
from schemas import Notice, State
from schemas.days import today
from tests.cases.deaths import death
from tests.planning.conftest import STEVENAGE, Hub, everyone, organisation

TODAY = today()
OLD, NEW = "stevenage.housing-benefit", "shared.housing-benefit"


def before() -> list[Organisation]:
    return everyone()


def after() -> list[Organisation]:
    """From today on the shared team serves Stevenage; its own does no more."""
    stevenage, *others = everyone()
    content: dict[str, Any] = stevenage.model_dump(mode="json", by_alias=True)
    service = next(one for one in content["services"] if one["service"] == "housing-benefit")
    service["places"] = [{"code": STEVENAGE, "until": TODAY.isoformat()}]
    shared = organisation("shared", [STEVENAGE], {"housing-benefit": {"more": ["deceased.nino"]}})
    return [Organisation.model_validate(content), shared, *others]


async def _told_by_the_old(hub: Hub, state: State) -> tuple[Any, int]:
    """A case of a death told to everybody yesterday, the old team in `state`; and the person's number."""
    number = 4_711
    case = await hub.tell_and_plan(death(number))
    await hub.sent(OLD, state)
    await hub.run("UPDATE plan SET planned_at = %s", datetime.now(UTC) - timedelta(days=1))
    await hub.load(after())
    return case, number


async def test_what_is_open_on_the_day_passes_to_the_successor(hub: Hub) -> None:
    case, _ = await _told_by_the_old(hub, State.ACCEPTED)
    assert await Successions().look(hub.pool, await hub.register()) == 1
    await hub.plan(case)
    rows = await hub.rows(case)
    assert (rows[OLD, 1].state, rows[OLD, 1].notice) == (State.ACCEPTED, Notice.NOTIFIED)
    assert (rows[NEW, 1].state, rows[NEW, 1].notice) == (State.QUEUED, Notice.NOTIFIED)
    assert await Successions().look(hub.pool, await hub.register()) == 0  # what was passed on is not passed on again


async def test_what_had_not_been_sent_is_taken_back_from_the_old(hub: Hub) -> None:
    case, _ = await _told_by_the_old(hub, State.QUEUED)
    await hub.run("UPDATE delivery SET told = false")
    await Successions().look(hub.pool, await hub.register())
    await hub.plan(case)
    rows = await hub.rows(case)
    assert rows[OLD, 1].state is State.SUPERSEDED
    assert rows[NEW, 1].state is State.QUEUED


async def test_what_was_applied_stays_with_the_old_and_a_correction_goes_to_the_successor(hub: Hub) -> None:
    case, number = await _told_by_the_old(hub, State.APPLIED)
    assert await Successions().look(hub.pool, await hub.register()) == 0
    await hub.tell_and_plan(death(number, minute=5, adultsRemaining=1))
    rows = await hub.rows(case)
    assert (OLD, 2) not in rows
    assert (await hub.decisions(case))[OLD]["rule"] == "taken-over"
    assert rows[NEW, 2].notice is Notice.NOTIFIED


async def test_not_dead_reaches_the_successor_that_took_the_records_over(hub: Hub) -> None:
    case, number = await _told_by_the_old(hub, State.APPLIED)
    await hub.tell_and_plan(death(number, minute=5, fact="retracted"))
    rows = await hub.rows(case)
    assert {rows[one, 2].notice for one in (OLD, NEW)} == {Notice.RETRACTED}
    heard = rows[NEW, 2].event
    assert heard is not None
    assert heard["data"].keys() == {"standing", "fact", "deceased"}
    assert heard["data"]["fact"] == "retracted"


async def test_a_death_in_a_council_that_has_ended_goes_to_its_successor_and_the_case_says_why(hub: Hub) -> None:
    lived = {"names": {"family": "Planted"}, "dateOfDeath": {"value": "2022-06-01"}, "usualAddress": {"postcode": "CA1 1AA"}}
    case = await hub.tell_and_plan(death(deceased=lived))
    assert (await hub.decisions(case))["cumberland.council-tax"]["rule"] == "no-recipient"
    ((notes,),) = await hub.run("SELECT notes FROM plan WHERE case_id = %s", case)
    assert notes == [
        "Cumberland Council took over on 1 April 2023 from Allerdale Borough Council, Carlisle City Council, "
        "Copeland Borough Council and Cumbria County Council, which ended."
    ]
