"""An agreement that ends: somebody is asked in time, from its last day on it holds, and a follower lets everything go."""

from datetime import date, timedelta

from prometheus_client import REGISTRY

from hub.clock.agreements import Agreements
from hub.clock.endings import watch_endings
from hub.clock.tallies import fold_tallies
from hub.planning import Planner
from hub.recipients import Register
from schemas import State
from schemas.days import begins, today
from tests.cases.deaths import death
from tests.planning.conftest import Hub, everyone

_TODAY = today()
_TOMORROW = _TODAY + timedelta(days=1)


def _ending(ends: date) -> Register:
    return Register(tuple(everyone(benefits={"ends": ends})), 1)


async def _watched(hub: Hub, register: Register, on: date) -> list[tuple[str, ...]]:
    await watch_endings(hub.pool, register, on)
    return [tuple(row) for row in await hub.run("SELECT about, owner, recipient FROM task WHERE closed_at IS NULL")]


async def test_thirty_days_before_an_agreement_ends_the_partner_desk_has_a_task_until_another_follows(hub: Hub) -> None:
    ends = date(2027, 3, 31)
    alone = _ending(ends)
    assert await _watched(hub, alone, ends - timedelta(days=31)) == []
    task = ("dwp-benefits@1", "partner-desk", "dwp.benefits")
    for days in (30, 0, -5):
        assert await _watched(hub, alone, ends - timedelta(days=days)) == [task]
    assert REGISTRY.get_sample_value("tuo_agreements_ending") == 1
    assert await hub.run("SELECT due_at, evidence FROM task") == [
        (begins(ends), {"agreement": "dwp-benefits@1", "kind": "bereavement", "ends": "2027-03-31"})
    ]
    assert await _watched(hub, Register((), 0), ends) == [task], "no register is known yet: nothing is settled by that"
    dwp = alone.organisations[-1]
    follower = dwp.agreements[0].model_copy(update={"version": 2, "starts": ends, "ends": None})
    followed = Register((*alone.organisations[:-1], dwp.model_copy(update={"agreements": (*dwp.agreements, follower)})), 2)
    assert await _watched(hub, followed, ends - timedelta(days=3)) == []
    assert REGISTRY.get_sample_value("tuo_agreements_ending") == 0


async def test_an_agreement_that_has_ended_holds_what_waits_and_its_follower_lets_it_go(hub: Hub) -> None:
    await hub.load(everyone(benefits={"ends": _TOMORROW.isoformat()}))
    case = await hub.tell_and_plan(death())
    assert (await hub.rows(case))["dwp.benefits", 1].state is State.QUEUED
    await _a_day_goes_by(hub)
    held = await _planned_again(hub, case)
    assert held == (State.HELD, "ended")
    await hub.load(everyone(benefits={"version": 2, "starts": _TODAY.isoformat()}))
    assert await _planned_again(hub, case) == (State.QUEUED, None)


async def _a_day_goes_by(hub: Hub) -> None:
    """The same world a day later: what was planned today was planned yesterday, and tomorrow is today."""
    tomorrow, today = _TOMORROW.isoformat(), _TODAY.isoformat()
    await hub.run("UPDATE register SET content = replace(content::text, %s, %s)::jsonb", tomorrow, today)
    await hub.run("UPDATE plan SET planned_at = planned_at - interval '1 day'")
    hub.planner = Planner(hub.keys, hub.blind, "https://hub.example.org")


async def _planned_again(hub: Hub, case: object) -> tuple[State, str | None]:
    await fold_tallies(hub.pool)
    assert await Agreements().look(hub.pool) == 1
    (row,) = await hub.run("SELECT id FROM cases WHERE plan_due")
    assert row[0] == case
    await hub.plan(row[0])
    found = (await hub.rows(row[0]))["dwp.benefits", 1]
    return found.state, found.reason
