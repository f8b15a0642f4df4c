"""Runs a Faust application beside the role's own tasks."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import faust

from hub.broker import TopicWatch
from hub.observe import log
from hub.roles import RESTART, end_now, end_tasks
from hub.settings import Settings
from hub.streams.app import group_of, make_app
from hub.streams.processing import Batches

# Ending in order takes less; a role that waits for an absent database would wait for ever, and loses nothing by ending.
_PATIENCE = 10.0

Task = Callable[[], Coroutine[Any, Any, None]]


async def run_streams(
    settings: Settings, name: str, batches: Sequence[Batches], watch: TopicWatch, stopping: asyncio.Event, also: Iterable[Task] = ()
) -> None:
    """Process `batches` under the consumer group of `name`, beside the role's own tasks, until `stopping` is set.

    The tasks start at once, Faust when the broker answers. A task that ends with an error ends the process, to be started
    again. When stopping, Faust ends first, so that what it gathered is still worked on; then the tasks are cancelled.
    """
    consuming = _Consuming(settings, name, batches, watch)
    tasks = [asyncio.create_task(task()) for task in (watch.run, *also, *(one.run for one in batches), consuming.run)]
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task.done():
            log.critical("role.task-ended", exc_info=task.exception() or consuming.crash)
            end_now(RESTART)
    try:
        async with asyncio.timeout(_PATIENCE):
            await consuming.stop()
            await end_tasks(tasks)
    except TimeoutError:
        log.warning("role.ended-hard")
        end_now(0)


class _Consuming:
    """Faust, from when the topics are there; its group carries their ids."""

    def __init__(self, settings: Settings, name: str, batches: Sequence[Batches], watch: TopicWatch) -> None:
        self._settings = settings
        self._name = name
        self._batches = batches
        self._watch = watch
        self._app: faust.App | None = None

    @property
    def crash(self) -> BaseException | None:
        return self._app.crash_reason if self._app else None

    async def run(self) -> None:
        """Consume until the application stops or crashes."""
        await self._watch.ready()
        group = group_of(self._name, [self._watch.id_of(one.topic) for one in self._batches])
        self._app = make_app(self._settings, self._name, group)
        for one in self._batches:
            one.read_with(self._app)
        await self._app.start()
        await self._app.wait_until_stopped()

    async def stop(self) -> None:
        if self._app is not None and self._app.started:
            await self._app.stop()
