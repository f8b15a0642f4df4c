"""Every task that is to end ends, and whoever waits for it learns so."""

import asyncio

import pytest

from hub.roles import end_tasks, tasks
from tests.waiting import lasting


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _at_the_second_word() -> None:
    try:
        await _for_ever()
    except asyncio.CancelledError:
        await _for_ever()


async def _badly() -> None:
    try:
        await _for_ever()
    finally:
        raise OSError


async def test_all_end_also_one_that_lets_the_first_word_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_HEARD_WITHIN", 0.05)
    started = [asyncio.create_task(one()) for one in (_for_ever, _at_the_second_word, _badly)]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end_tasks(started)
    assert [one.cancelled() for one in started] == [True, True, False]
    assert isinstance(started[2].exception(), OSError)


async def test_no_task_is_no_wait() -> None:
    async with asyncio.timeout(1):
        await end_tasks([])


async def test_what_cleans_up_in_time_is_told_once() -> None:
    words = 0

    async def cleans_up() -> None:
        nonlocal words
        try:
            await _for_ever()
        except asyncio.CancelledError:
            words += 1
            await lasting(0.05)
            raise

    task = asyncio.create_task(cleans_up())
    await asyncio.sleep(0)
    await end_tasks([task])
    assert words == 1


async def test_a_task_that_is_ending_tasks_passes_the_second_word_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_HEARD_WITHIN", 0.05)
    inner = asyncio.create_task(_at_the_second_word())

    async def outer() -> None:
        try:
            await _for_ever()
        finally:
            monkeypatch.setattr(tasks, "_HEARD_WITHIN", 60.0)
            await end_tasks([inner])

    task = asyncio.create_task(outer())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end_tasks([task])
        await asyncio.wait([inner])
    assert inner.cancelled()
