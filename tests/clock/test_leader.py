"""One leader among the clocks."""

import asyncio

import psycopg

from hub.clock.duty import Duty, keep
from hub.clock.leader import leading
from tests.conftest import Databases
from tests.waiting import until


async def test_one_leads_and_another_takes_over_when_its_connection_ends(postgres: Databases) -> None:
    async with leading(postgres.database_url) as first:
        assert first is not None
        async with leading(postgres.database_url) as second:
            assert second is None
        await _end_leaders(postgres)
        assert not await first.is_held()
        async with leading(postgres.database_url) as third:
            assert third is not None


async def test_who_has_lost_the_lock_stops_its_duties(postgres: Databases) -> None:
    ran = 0

    async def count() -> None:
        nonlocal ran
        ran += 1

    async with leading(postgres.database_url) as leadership:
        assert leadership is not None
        keeping = asyncio.create_task(keep([Duty("count", 0.01, count)], leadership, asyncio.Event(), 0.05))
        await until(lambda: ran > 3)
        await _end_leaders(postgres)
        await asyncio.wait_for(keeping, 10)


async def test_a_duty_that_fails_harms_no_other_and_is_tried_again(postgres: Databases) -> None:
    failed = worked = 0

    async def fail() -> None:
        nonlocal failed
        failed += 1
        raise ZeroDivisionError

    async def work() -> None:
        nonlocal worked
        worked += 1

    stop = asyncio.Event()
    async with leading(postgres.database_url) as leadership:
        assert leadership is not None
        keeping = asyncio.create_task(keep([Duty("fail", 0.01, fail), Duty("work", 0.01, work)], leadership, stop, 0.05))
        await until(lambda: failed > 2 and worked > 2)
        stop.set()
        await keeping


async def _end_leaders(postgres: Databases) -> None:
    async with await psycopg.AsyncConnection.connect(postgres.database_url, autocommit=True) as connection:
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tuo-clock'")
