"""Tasks: one cause about one thing is open once, and closed by what settles it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from hub.store import Pool, open_pool
from hub.tasks import Cause, Task, TaskDraft, close_task, close_tasks, list_tasks, open_tasks
from tests.conftest import Databases


@pytest_asyncio.fixture
async def pool(postgres: Databases) -> AsyncIterator[Pool]:
    async with await open_pool(postgres.database_url) as pool:
        yield pool


async def opened(pool: Pool, *drafts: TaskDraft) -> None:
    async with pool.connection() as connection:
        await open_tasks(connection, drafts)


async def listed(pool: Pool, *, closed: bool = False) -> list[Task]:
    async with pool.connection() as connection:
        return await list_tasks(connection, closed=closed)


async def test_the_same_cause_about_the_same_thing_is_one_task(pool: Pool) -> None:
    await opened(pool, TaskDraft(Cause.FAILED, "a"), TaskDraft(Cause.FAILED, "a"), TaskDraft(Cause.GONE, "a"))
    await opened(pool, TaskDraft(Cause.FAILED, "a", evidence={"attempts": 9}))
    assert [(task.cause, task.evidence) for task in await listed(pool)] == [(Cause.FAILED, {}), (Cause.GONE, {})]


async def test_many_who_find_the_same_causes_at_once_do_not_wait_for_each_other_for_ever(pool: Pool) -> None:
    drafts = [TaskDraft(Cause.FAILED, str(number)) for number in range(30)]
    await asyncio.gather(*(opened(pool, *(drafts if turn % 2 else reversed(drafts))) for turn in range(8)))
    assert len(await listed(pool)) == 30


async def test_what_settles_a_task_closes_it_and_it_may_arise_again(pool: Pool) -> None:
    await opened(pool, TaskDraft(Cause.FAILED, "a"))
    async with pool.connection() as connection:
        await close_tasks(connection, [(Cause.FAILED, "a"), (Cause.FAILED, "b")], "redrive")
    assert await listed(pool) == []
    await opened(pool, TaskDraft(Cause.FAILED, "a"))
    assert [task.closed_by for task in await listed(pool, closed=True)] == ["redrive", None]


async def test_a_task_has_an_owner_and_a_time_from_its_cause_unless_the_draft_says(pool: Pool) -> None:
    due = datetime.now(UTC) + timedelta(minutes=5)
    await opened(pool, TaskDraft(Cause.FAILED, "a"), TaskDraft(Cause.FAILED, "b", owner="social-care", due_at=due))
    usual, own = await listed(pool)
    assert usual.owner == Cause.FAILED.owner
    assert abs(usual.due_at - usual.opened_at - Cause.FAILED.within) < timedelta(seconds=5)
    assert (own.owner, own.due_at) == ("social-care", due)


async def test_a_person_closes_a_task_once(pool: Pool) -> None:
    await opened(pool, TaskDraft(Cause.REJECTED, "a"))
    [task] = await listed(pool)
    async with pool.connection() as connection:
        assert await close_task(connection, task.id, "jo")
        assert not await close_task(connection, task.id, "jo")


def test_every_cause_says_what_happened_whose_it_is_and_what_settles_it() -> None:
    for cause in Cause:
        assert cause.sentence.endswith(".")
        assert cause.settled_by
        assert cause.owner
        assert cause.within > timedelta(0)
