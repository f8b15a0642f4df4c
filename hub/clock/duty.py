"""A duty: something that is to be looked after every so often, and how the leader goes about it."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from hub.clock.leader import Leadership
from hub.observe import log, metrics
from hub.roles import end_tasks


@dataclass(frozen=True, slots=True)
class Duty:
    """`every` is in seconds, from one end to the next start. Running it twice at once does no harm."""

    name: str
    every: float
    run: Callable[[], Awaitable[object]]


async def keep(duties: Sequence[Duty], leadership: Leadership, stop: asyncio.Event, beat: float) -> None:
    """Run the duties, each at its own pace, until `stop` is set or the leadership is lost."""
    rounds = [asyncio.create_task(_rounds(duty), name=duty.name) for duty in duties]
    try:
        while not stop.is_set() and await leadership.is_held():
            metrics.clock_beat.set_to_current_time()
            await wait_for(stop, beat)
    finally:
        await end_tasks(rounds)


async def wait_for(stop: asyncio.Event, seconds: float) -> None:
    """Wait `seconds`, or until `stop` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass


async def _rounds(duty: Duty) -> None:
    metrics.duty_failures.labels(duty.name)
    while True:
        began = time.monotonic()
        try:
            await duty.run()
        except Exception:
            # A duty never ends the clock: the ledger may be away for a while, and one that is wrong harms no other.
            metrics.duty_failures.labels(duty.name).inc()
            log.exception("clock.duty-failed", duty=duty.name, seconds=round(time.monotonic() - began, 3))
        await asyncio.sleep(duty.every * random.uniform(0.9, 1.1))
