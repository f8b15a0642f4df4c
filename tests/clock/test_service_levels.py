"""What recipients agreed to: whatever is late becomes a task once, and however many deliveries there are, none is passed over."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from hub.clock import service_levels
from hub.clock.lateness import SHORTEST, Agreed, look_at
from hub.clock.service_levels import ServiceLevels
from hub.privacy import Keys
from hub.store import open_pool
from hub.tasks import Cause, close_task, list_tasks
from schemas import State
from tests.conftest import Databases
from tests.tracking.conftest import Deliveries

COUNCIL, SILENT = "stevenage.council-tax", "dwp.benefits"
DAY = timedelta(days=1)
AGREED = {COUNCIL: Agreed(2 * DAY, 5 * DAY), SILENT: Agreed(None, None)}


class Aged(Deliveries):
    """Plants deliveries of some time ago."""

    async def aged(self, state: State, planned: timedelta, since: timedelta | None = None, recipient: str = COUNCIL) -> UUID:
        """A delivery of a version recorded `planned` ago, in its state `since` then (or since it was planned)."""
        lanes = await self.all("SELECT id FROM lane WHERE recipient = %s", recipient)
        lane = lanes[0][0] if lanes else await self.lane(recipient)
        case = await self.case()
        await self.version(case, 1)
        id_ = await self.delivery(case, 1, datetime.now(UTC) - planned, lane, recipient)
        await self.stands(id_, state)
        await self.changed(id_, planned if since is None else since)
        return id_

    async def changed(self, delivery: UUID, ago: timedelta) -> None:
        await self.run("UPDATE delivery SET changed_at = now() - %s WHERE id = %s", ago, delivery)

    async def causes(self) -> set[tuple[Cause, str]]:
        async with self.pool.connection() as connection:
            return {(task.cause, task.about) for task in await list_tasks(connection)}

    async def passes(self, time: timedelta) -> None:
        """As if so much time had passed for what is to be looked at again."""
        await self.run("UPDATE expected SET look_at = look_at - %s", time)


@pytest_asyncio.fixture
async def ledger(postgres: Databases) -> AsyncIterator[Aged]:
    async with await open_pool(postgres.database_url) as pool, await open_pool(postgres.keystore_url, size=2) as keystore:
        yield Aged(pool, Keys(keystore, secrets.token_bytes(32)))


async def test_what_lies_uncollected_or_unanswered_too_long_becomes_a_task_once(ledger: Aged) -> None:
    placed, accepted = await ledger.aged(State.PLACED, 3 * DAY), await ledger.aged(State.ACCEPTED, 6 * DAY)
    await ledger.aged(State.ACCEPTED, 4 * DAY)
    await ledger.aged(State.ACCEPTED, 6 * DAY, recipient=SILENT)
    await ledger.aged(State.APPLIED, 6 * DAY)
    assert await ServiceLevels().look(ledger.pool, AGREED) == 2
    assert await ledger.causes() == {(Cause.PLACED_TOO_LONG, str(placed)), (Cause.ANSWER_OVERDUE, str(accepted))}
    async with ledger.pool.connection() as connection:
        for task in await list_tasks(connection):
            await close_task(connection, task.id, "jo")
    await ledger.run("DELETE FROM service_level")
    assert await ServiceLevels().look(ledger.pool, AGREED) == 0, "what a person closed stays closed"


async def test_each_is_looked_at_once_and_another_leader_goes_on_from_there(ledger: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_levels, "_PAGE", 4)
    late = [await ledger.aged(State.ACCEPTED, timedelta(days=6, minutes=number)) for number in range(30)]
    first, second = ServiceLevels(), ServiceLevels()
    assert await first.look(ledger.pool, AGREED) == 30
    assert await ledger.causes() == {(Cause.ANSWER_OVERDUE, str(id_)) for id_ in late}
    upto: dict[int, UUID] = dict(await ledger.all("SELECT seconds, upto FROM service_level"))
    assert await second.look(ledger.pool, AGREED) == 0
    assert all(after > upto[seconds] for seconds, after in await ledger.all("SELECT seconds, upto FROM service_level"))


@pytest.mark.parametrize("state", [State.QUEUED, State.FAILED, State.HELD, State.NEEDS_INFORMATION, State.SENDING])
async def test_what_arrives_long_after_it_was_planned_is_late_by_its_own_time(ledger: Aged, state: State) -> None:
    slow = await ledger.aged(state, 6 * DAY)
    levels = ServiceLevels()
    assert await levels.look(ledger.pool, AGREED) == 0
    await ledger.stands(slow, State.ACCEPTED)
    await ledger.changed(slow, 1 * DAY)
    await ledger.passes(2 * DAY)
    assert await levels.look(ledger.pool, AGREED) == 0, "it has had it for a day"
    await ledger.changed(slow, 6 * DAY)
    await ledger.passes(5 * DAY)
    assert await levels.look(ledger.pool, AGREED) == 1
    assert await ledger.causes() == {(Cause.ANSWER_OVERDUE, str(slow))}
    assert await ledger.all("SELECT FROM expected") == []


async def test_what_was_collected_late_may_be_answered_late_too(ledger: Aged) -> None:
    both = await ledger.aged(State.PLACED, 6 * DAY)
    levels = ServiceLevels()
    assert await levels.look(ledger.pool, AGREED) == 1
    await ledger.stands(both, State.ACCEPTED)
    await ledger.changed(both, 6 * DAY)
    await ledger.passes(5 * DAY)
    assert await levels.look(ledger.pool, AGREED) == 1
    assert await ledger.causes() == {(Cause.PLACED_TOO_LONG, str(both)), (Cause.ANSWER_OVERDUE, str(both))}


async def test_a_time_agreed_anew_is_looked_for_among_what_was_passed_before(ledger: Aged) -> None:
    levels = ServiceLevels()
    one, other = await ledger.aged(State.ACCEPTED, 4 * DAY), await ledger.aged(State.ACCEPTED, 4 * DAY, recipient=SILENT)
    assert await levels.look(ledger.pool, AGREED) == 0
    assert await levels.look(ledger.pool, {COUNCIL: Agreed(2 * DAY, 3 * DAY), SILENT: Agreed(None, None)}) == 1
    assert await levels.look(ledger.pool, {COUNCIL: Agreed(2 * DAY, 3 * DAY), SILENT: Agreed(None, 3 * DAY)}) == 1
    assert await ledger.causes() == {(Cause.ANSWER_OVERDUE, str(one)), (Cause.ANSWER_OVERDUE, str(other))}


async def test_an_answer_ends_the_waiting(ledger: Aged) -> None:
    answered = await ledger.aged(State.QUEUED, 6 * DAY)
    levels = ServiceLevels()
    await levels.look(ledger.pool, AGREED)
    await ledger.stands(answered, State.APPLIED)
    await ledger.passes(5 * DAY)
    assert await levels.look(ledger.pool, AGREED) == 0
    assert await ledger.all("SELECT FROM expected") == []


async def test_two_leaders_at_once_open_no_task_twice(ledger: Aged) -> None:
    for number in range(40):
        await ledger.aged(random.choice([State.ACCEPTED, State.PLACED]), timedelta(days=6, minutes=number))
    await asyncio.gather(*(ServiceLevels().look(ledger.pool, AGREED) for _ in range(4)))
    assert len(await ledger.causes()) == 40


STATES = st.sampled_from(list(State))
TIMES = st.none() | st.timedeltas(timedelta(seconds=1), 30 * DAY)


@given(STATES, TIMES, TIMES, st.timedeltas(timedelta(0), 90 * DAY))
def test_whatever_can_still_become_late_is_looked_at_again_in_time(
    state: State, collects: timedelta | None, answers: timedelta | None, ago: timedelta
) -> None:
    now = datetime.now(UTC)
    agreed = Agreed(collects, answers)
    look = look_at(state, now - ago, agreed, now)
    limit = agreed.times.get(state)
    assert bool(look.late) is (limit is not None and ago >= limit)
    if state is State.ACCEPTED:
        assert (look.again is None) is (limit is None or ago >= limit)
    elif state < State.ACCEPTED and agreed.times:
        # It may arrive at any moment from now, and is then late no sooner than the shortest agreed time from now.
        latest = now + min(agreed.times.values()) if limit is None or ago >= limit else now - ago + limit
        assert look.again == latest >= now + min(SHORTEST, latest - now)
    else:
        assert look.again is None
