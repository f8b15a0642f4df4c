"""Says to the lanes' topics which deliveries are due: one record a lane and batch, urgent ones first.

Nobody relies on it, so nobody waits for it. A lane's owner also looks into the ledger: with Kafka away deliveries come
a second later.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from hub.broker import deliveries, encode_wake, open_producer, wake_key
from hub.observe import log
from hub.planning.offers import Lane
from hub.settings import Settings

_ROLE = "plan"
_PATIENCE = 1.0  # seconds; a producer whose broker is away keeps a sender waiting for much longer


class Waker:
    """Speaks through a producer of its own, which is opened when first needed and again after it broke."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._broken = False

    async def wake(self, wakes: Sequence[tuple[Lane, UUID, int]]) -> None:
        """Hand the wake-ups to the producer; a failure is logged and left."""
        if not wakes:
            return
        if self._broken:
            await self.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                if self._producer is None:
                    self._producer = await open_producer(self._settings, _ROLE)
                for (lane, urgent), ids in _grouped(wakes).items():
                    sent = await self._producer.send(deliveries(lane.connector), encode_wake(ids, urgent=urgent), key=wake_key(lane.id))
                    sent.add_done_callback(self._look)
        except (KafkaError, TimeoutError) as error:
            log.warning("planning.wakes-unsaid", count=len(wakes), cause=type(error).__name__)
            self._broken = True

    async def close(self) -> None:
        """Stop the producer; what it still holds is sent or given up within seconds."""
        producer, self._producer, self._broken = self._producer, None, False
        if producer is not None:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await producer.stop()
            except (KafkaError, TimeoutError) as error:
                log.warning("planning.wakes-unsaid", cause=type(error).__name__)

    def _look(self, sent: "asyncio.Future[object]") -> None:
        if not sent.cancelled() and sent.exception() is not None:
            self._broken = True
            log.warning("planning.wakes-unsaid", cause=type(sent.exception()).__name__)


def _grouped(wakes: Sequence[tuple[Lane, UUID, int]]) -> dict[tuple[Lane, bool], list[UUID]]:
    groups: dict[tuple[Lane, bool], list[UUID]] = {}
    for lane, id_, priority in wakes:
        groups.setdefault((lane, priority > 0), []).append(id_)
    return groups
