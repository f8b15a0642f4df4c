"""Keeps a process's topics in being, and restarts the process when one was made anew."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from kafka.errors import KafkaError

from hub.broker.topics import Topics
from hub.observe import log
from hub.roles import RESTART, end_now

_EVERY = 2.0
_RETRY = 0.5


class TopicWatch:
    """Watches `names`: makes them, remembers their ids, and looks again every two seconds.

    Faust and the consumers under it keep the offsets they read last and drop what is below. In a topic made anew the
    records begin at 0 again, so a process that sees another id ends at once and is started again by its supervisor.
    """

    def __init__(self, bootstrap: str, names: Iterable[str]) -> None:
        self._topics = Topics(bootstrap)
        self._names = list(names)
        self._ids: dict[str, UUID] = {}
        self._ready = asyncio.Event()
        self._is_there = False

    def id_of(self, topic: str) -> UUID:
        """The id under which this process knows a topic. Raises `KeyError` before `ready`."""
        return self._ids[topic]

    @property
    def is_ready(self) -> bool:
        """Whether every topic was there when last looked at."""
        return self._is_there

    async def ready(self) -> None:
        """Return when every topic is there; `run` sees to it."""
        await self._ready.wait()

    async def run(self) -> None:
        """Make what is missing, waiting for an absent broker; then look every two seconds, for ever."""
        try:
            while not self._ids:
                await self._begin()
            self._ready.set()
            while True:
                await asyncio.sleep(_EVERY)
                await self._look()
        finally:
            await self._topics.close()

    async def _begin(self) -> None:
        found = await self._find()
        if found is None or len(found) < len(self._names):
            await asyncio.sleep(_RETRY)
        else:
            self._ids = found

    async def _look(self) -> None:
        for topic, id_ in (await self._find() or {}).items():
            if id_ != self._ids[topic]:
                log.error("topic.made-anew", topic=topic)
                end_now(RESTART)

    async def _find(self) -> dict[str, UUID] | None:
        """The ids of the topics, made where they were missing; None while the broker is away."""
        try:
            await self._topics.ensure(self._names)
            found = await self._topics.ids(self._names)
        except KafkaError as error:
            self._is_there = False
            log.warning("broker.away", cause=type(error).__name__)
            return None
        self._is_there = len(found) == len(self._names)
        return found
