"""Runs a role in one loop, until SIGTERM or SIGINT."""

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

Serve = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


def run_role(serve: Serve) -> None:
    """Run `serve` until it returns; the event it is given is set by SIGTERM or SIGINT."""
    collect_seldom()
    uvloop.run(_with_signals(serve))


def collect_seldom() -> None:
    """Batches and requests are many small objects without circles. Measured on planning, collecting them by Python's defaults
    costs a fifth of the process's time. What was made at import lives as long as the process."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _with_signals(serve: Serve) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await serve(stopping)
