"""Says to the lanes' topics which deliveries are due: one record a partition and batch, urgent ones first.

Nobody relies on it, so nobody waits for it. A lane's owner also looks into the ledger: with Kafka away deliveries come
a second later.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from hub.broker import MOST_IDS, Wake, deliveries, encode_wakes, open_producer, wake_partition
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
                for connector, spoken in _grouped(wakes).items():
                    await self._speak(self._producer, deliveries(connector), spoken)
        except (KafkaError, TimeoutError) as error:
            log.warning("planning.wakes-unsaid", count=len(wakes), cause=type(error).__name__)
            self._broken = True

    async def _speak(self, producer: AIOKafkaProducer, topic: str, spoken: Sequence[Wake]) -> None:
        partitions = len(await producer.partitions_for(topic))
        records: dict[int, list[list[Wake]]] = {}
        for wake in spoken:
            of_one = records.setdefault(wake_partition(wake.lane, partitions), [[]])
            if of_one[-1] and sum(len(other.ids) for other in of_one[-1]) + len(wake.ids) > MOST_IDS:
                of_one.append([])
            of_one[-1].append(wake)
        for partition, of_one in records.items():
            for one in of_one:
                batch = producer.create_batch()
                batch.append(key=None, value=encode_wakes(one), timestamp=None)
                (await producer.send_batch(batch, topic, partition=partition)).add_done_callback(self._look)

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


def _grouped(wakes: Sequence[tuple[Lane, UUID, int]]) -> dict[str, list[Wake]]:
    """By connector; for each lane its urgent ones and the others, in the order given."""
    lanes: dict[tuple[Lane, bool], list[UUID]] = {}
    for lane, id_, priority in wakes:
        lanes.setdefault((lane, priority > 0), []).append(id_)
    groups: dict[str, list[Wake]] = {}
    for (lane, urgent), ids in lanes.items():
        for start in range(0, len(ids), MOST_IDS):
            groups.setdefault(lane.connector, []).append(Wake(lane.id, urgent, ids[start : start + MOST_IDS]))
    return groups
