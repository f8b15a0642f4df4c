"""Waiting for a condition, in a loop and outside one, and for processes."""

import asyncio
import inspect
import time
from collections.abc import Callable
from contextlib import suppress

import psutil


async def until(condition: Callable[[], object], within: float = 20.0) -> None:
    """Return once `condition()`, awaited where it must be, holds; fail when it does not within so many seconds."""
    end = time.monotonic() + within
    while True:
        found = condition()
        if await found if inspect.isawaitable(found) else found:
            return
        assert time.monotonic() < end, f"the condition did not come about within {within:.0f} s"
        await lasting(0.01)


async def lasting(seconds: float) -> None:
    """Something that takes so long: a slow council, or the pause between two looks at a condition."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.Event().wait()


def await_that(holds: Callable[[], object], within: float = 20.0, what: str = "the condition", every: float = 0.02) -> None:
    """Return once `holds()`, outside a loop. Raises `TimeoutError` that names `what` did not come to pass."""
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {within:.0f} s")
        time.sleep(every)


def is_gone(pid: int) -> bool:
    """Whether no process has this id, a zombie nobody has waited for aside."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
