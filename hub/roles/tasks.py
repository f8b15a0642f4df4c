"""How the tasks of a role end, without one that goes on for ever."""

import asyncio
from collections.abc import Iterable
from typing import Any

_HEARD_WITHIN = 5.0  # seconds: ending in order takes less; what takes more (a broker that is away) is cut off


async def end_tasks(tasks: Iterable["asyncio.Task[Any]"]) -> None:
    """Cancel `tasks` and wait until all have ended, well or badly.

    Said again until it is heard: what a task waits for may come at the very moment at which it is cancelled, and then
    `asyncio.wait_for` (before Python 3.12), by which pools hand out connections, goes on as if nothing had been said.
    """
    every = set(tasks)
    pending = every
    while pending:
        for task in pending:
            task.cancel()
        try:
            _, pending = await asyncio.wait(pending, timeout=_HEARD_WITHIN)
        except asyncio.CancelledError:  # whoever ends us says it a second time to all
            for task in pending:
                task.cancel()
            raise
    await asyncio.gather(*every, return_exceptions=True)
