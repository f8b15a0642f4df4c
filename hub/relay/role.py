"""The relay's loop: rung by intake, sweeping every second, waiting out whatever is away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

import psycopg
from aiokafka import AIOKafkaProducer

from hub.broker import AWAY, LIFE_EVENTS, ensure_topics, open_producer
from hub.observe import log, serve, setup_logging
from hub.relay.channel import CHANNEL
from hub.relay.events import Headers
from hub.relay.moving import MOST, Mover
from hub.roles import RESTART, end_now, end_tasks, run_role
from hub.settings import Settings
from hub.store import open_pool

_SWEEP = 1.0
_AGAIN = 0.2


class Relay:
    """One relay. Any number may run: each takes what no other holds."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._ready = {"ledger": False, "kafka": False}
        self._ending: set[asyncio.Task[None]] = set()

    async def ready(self) -> Mapping[str, bool]:
        return self._ready

    async def run(self) -> None:
        """Move until cancelled."""
        while True:
            try:
                await self._run()
            except AWAY as error:
                log.warning("relay.waiting", exc_info=error)
            self._ready = {"ledger": False, "kafka": False}
            await asyncio.sleep(_AGAIN)

    async def _run(self) -> None:
        async with self._bell() as bell, self._producer() as producer:
            partitions = await producer.partitions_for(LIFE_EVENTS)
            # Not waiting for the disk: a removal that a crash forgets is a record sent twice, which readers tolerate.
            pool = await open_pool(self._settings.database_url, size=1, options="-c synchronous_commit=off")
            try:
                mover = Mover(pool, producer, Headers(self._settings.public_url), len(partitions))
                self._ready = {"ledger": True, "kafka": True}
                while True:
                    if await mover.move() < MOST:
                        async for _ in bell.notifies(timeout=_SWEEP, stop_after=1):
                            pass
            finally:
                await pool.close()

    @contextlib.asynccontextmanager
    async def _bell(self) -> AsyncIterator[psycopg.AsyncConnection]:
        bell = await psycopg.AsyncConnection.connect(
            self._settings.database_url, autocommit=True, connect_timeout=5, keepalives_idle=5, keepalives_interval=2, keepalives_count=3
        )
        async with bell:
            await bell.execute(f"LISTEN {CHANNEL}")
            self._ready["ledger"] = True
            yield bell

    @contextlib.asynccontextmanager
    async def _producer(self) -> AsyncIterator[AIOKafkaProducer]:
        await ensure_topics(self._settings.kafka_bootstrap, LIFE_EVENTS)
        producer = await open_producer(self._settings, "relay")
        try:
            yield producer
        finally:
            # It flushes first, and waits for a broker that is away: the next one is not kept waiting for that.
            ending = asyncio.create_task(producer.stop())
            self._ending.add(ending)
            ending.add_done_callback(self._ended)
            await asyncio.wait([ending], timeout=_AGAIN)

    def _ended(self, ending: asyncio.Task[None]) -> None:
        self._ending.discard(ending)
        if not ending.cancelled() and ending.exception() is not None:
            log.warning("relay.producer-unclosed", cause=type(ending.exception()).__name__)


def main(settings: Settings) -> None:
    """Run the role until SIGTERM or SIGINT."""
    setup_logging(settings, "relay")
    relay = Relay(settings)

    async def serve_until(stopping: asyncio.Event) -> None:
        moving, stop = asyncio.create_task(relay.run()), asyncio.create_task(stopping.wait())
        observing = asyncio.create_task(serve(settings, "relay", relay.ready))
        await asyncio.wait([moving, stop], return_when=asyncio.FIRST_COMPLETED)
        if moving.done():
            log.critical("role.task-ended", exc_info=moving.exception())
            end_now(RESTART)
        await end_tasks((moving, observing))

    run_role(serve_until)
