"""What the person concerned wishes, and where the law asks nobody: choices, duties, and protection raised late."""

from hub.clock.agreements import Agreements
from hub.clock.tallies import fold_tallies
from schemas import State
from tests.cases.deaths import death
from tests.planning.conftest import Hub, everyone

BENEFITS, TAX = "dwp.benefits", "stevenage.council-tax"


async def test_a_flow_turned_from_choice_to_duty_takes_the_same_notification_without_being_asked_for(hub: Hub) -> None:
    await hub.load(everyone(benefits={"asks": "choice"}))
    case = await hub.tell_and_plan(death(1))
    waits = (await hub.rows(case))[BENEFITS, 1]
    assert (waits.state, waits.reason, waits.event) == (State.HELD, "not-chosen", None)

    await hub.load(everyone(benefits={"asks": "statute", "version": 2}))
    await fold_tallies(hub.pool)
    assert await Agreements().look(hub.pool) == 1
    await hub.plan(case)
    told = (await hub.rows(case))[BENEFITS, 1]
    assert (told.id, told.state) == (waits.id, State.QUEUED)
    assert told.event is not None
    assert told.event["agreement"] == "dwp-benefits@2"


async def test_protection_raised_late_recalls_what_is_unsent_and_what_was_told_hears_no_more(hub: Hub) -> None:
    await hub.load(everyone(benefits={"handlesProtected": True}))
    case = await hub.tell_and_plan(death(1))
    await hub.sent("stevenage.housing")
    await hub.tell_and_plan(death(1, minute=1, protected=True, reason="raised by the family"))
    rows = await hub.rows(case)
    assert rows[TAX, 1].state in (State.SUPERSEDED, State.CANCELLED)
    assert (rows[TAX, 2].state, rows[TAX, 2].reason) == (State.HELD, "protected")
    assert rows[BENEFITS, 2].state is State.QUEUED
    assert {row.state for (recipient, _), row in rows.items() if recipient != BENEFITS} <= {
        State.SUPERSEDED, State.CANCELLED, State.HELD, State.ACCEPTED,
    }  # fmt: skip
