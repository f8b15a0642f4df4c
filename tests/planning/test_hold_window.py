"""A citizen's word waits for a while, in case it is taken back: how long, the kind says, and a register may say otherwise."""

from datetime import datetime, timedelta

import pytest

from hub.cases import merge
from hub.clock.replanning import replan_what_has_come
from hub.kinds import Kinds, OwnKind
from hub.recipients import Register, load
from schemas import Notice, SourceKind, State
from tests.cases.deaths import death, informal
from tests.planning.conftest import Hub, everyone

BENEFITS = "dwp.benefits"
_A_DAY = OwnKind({"kind": "bereavement", "holdFor": {"citizen": "24 hours"}})


@pytest.fixture
async def patient(hub: Hub) -> Hub:
    """A hub that holds what citizens tell of a death for a day, with one recipient that may hear of it then."""
    register = Register(tuple(everyone(benefits={"standing": "informal"})), kinds=Kinds((_A_DAY,)))
    async with hub.pool.connection() as connection:
        await load(connection, register)
    return hub


async def test_it_waits_for_the_window_to_pass_and_goes_out_then_by_itself(patient: Hub) -> None:
    case = await patient.tell_and_plan(informal(1))
    held = (await patient.rows(case))[BENEFITS, 1]
    assert (held.state, held.reason, held.event) == (State.HELD, "hold-window", None)
    [(until, told_at)] = await patient.run("SELECT replan_at, recorded_at FROM cases JOIN case_version ON case_id = id")
    assert until == told_at + timedelta(hours=24)
    assert datetime.fromisoformat((await patient.decisions(case))[BENEFITS]["until"]) == until
    assert await replan_what_has_come(patient.pool) == 0

    await patient.run("UPDATE case_version SET recorded_at = recorded_at - interval '25 hours'")
    await patient.run("UPDATE cases SET replan_at = replan_at - interval '25 hours'")
    assert await replan_what_has_come(patient.pool) == 1
    await patient.plan(case)
    assert (await patient.rows(case))[BENEFITS, 1].state is State.QUEUED


async def test_a_surer_word_ends_it_at_once(patient: Hub) -> None:
    case = await patient.tell_and_plan(informal(1))
    await patient.tell_and_plan(death(1))
    rows = await patient.rows(case)
    assert rows[BENEFITS, 1].state is State.SUPERSEDED
    assert (rows[BENEFITS, 2].state, rows[BENEFITS, 2].notice) == (State.QUEUED, Notice.NOTIFIED)


@pytest.mark.parametrize("fact", ["cancelled", "retracted"])
async def test_what_is_taken_back_within_it_nobody_ever_hears_of(patient: Hub, fact: str) -> None:
    case = await patient.tell_and_plan(informal(1))
    await patient.tell_and_plan(informal(1, minute=5, fact=fact))
    assert {row.state for row in (await patient.rows(case)).values()} <= {State.CANCELLED, State.SUPERSEDED}
    assert await patient.run("SELECT count(*) FROM message") == [(0,)]
    assert not {cause for cause, _ in await patient.tasks()} & {"breach-assessment", "told-not-so"}


async def test_who_told_what_is_told_decides_and_not_who_spoke_last(patient: Hub) -> None:
    for client, kind in (("family", SourceKind.CITIZEN), ("hospital", SourceKind.HOSPITAL)):
        await patient.run(
            "INSERT INTO client (id, name, source_kind, key_hash) VALUES (%s, %s, %s, %s)", client, client, kind, client.encode()
        )
    case = await patient.tell_and_plan(informal(1, minute=5))
    older = informal(1, minute=0, client="hospital", adultsRemaining=1)
    assert await patient.tell_and_plan(older) == case
    assert (await patient.rows(case))[BENEFITS, 2].reason == "hold-window"


async def test_the_time_of_a_case_that_is_part_of_another_or_erased_does_not_come(patient: Hub) -> None:
    one, other, third = [await patient.tell_and_plan(informal(number)) for number in (1, 2, 3)]
    await merge(patient.pool, patient.keys, one, other, "clerk")
    assert await patient.run("SELECT replan_at FROM cases WHERE id = %s", other) == [(None,)]
    await patient.run("UPDATE cases SET plan_due = false, replan_at = now() WHERE id = ANY(%s)", [other, third])
    await patient.run("UPDATE cases SET erased_at = now() WHERE id = %s", third)
    assert await replan_what_has_come(patient.pool) == 0
    assert await patient.run("SELECT count(*) FROM cases WHERE plan_due AND id <> %s", one) == [(0,)]
