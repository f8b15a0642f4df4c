"""Moves what lies in the outbox: taken out and sent in one transaction, which commits only after the acknowledgements.

Batches are built here for each partition: sent one by one, a record costs ten times as much.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from hub.broker import LIFE_EVENTS
from hub.relay.events import Headers, Waiting
from hub.store import Pool

# Whatever is not sent yet, urgent ones first, then oldest first; never "ids above the last", since ids commit in any
# order. What another relay is moving is left to it.
_TAKE = """
WITH picked AS MATERIALIZED (
  SELECT id FROM outbox
  WHERE id = ANY(array(SELECT id FROM outbox WHERE urgent ORDER BY id LIMIT %(most)b::int)
                 || array(SELECT id FROM outbox ORDER BY id LIMIT %(most)b::int))
  FOR UPDATE SKIP LOCKED
), taken AS (
  DELETE FROM outbox WHERE id IN (SELECT id FROM picked) RETURNING id, urgent, case_id, version
)
SELECT taken.id, taken.urgent, taken.case_id, taken.version, v.notification, v.recorded_at, v.sealed, c.subject, c.kind
FROM taken JOIN case_version v ON v.case_id = taken.case_id AND v.version = taken.version JOIN cases c ON c.id = taken.case_id
ORDER BY taken.urgent DESC, taken.id
"""

MOST = 512
# Rows are locked while their records are on the way, and nothing is vacuumed behind them: not for longer than this. What a
# broker has taken and not acknowledged by then is sent again, which readers tolerate.
_PATIENCE = 2.0  # seconds


class Mover:
    """Moves with one producer; `count` is the number of the topic's partitions."""

    def __init__(self, pool: Pool, producer: AIOKafkaProducer, headers: Headers, count: int) -> None:
        self._pool = pool
        self._producer = producer
        self._headers = headers
        self._count = count

    async def move(self) -> int:
        """How many were moved, `MOST` or more when there may be others. Raises what the databases and Kafka raise; then none is lost."""
        async with self._pool.connection() as connection, connection.transaction():
            rows = await (await connection.execute(_TAKE, {"most": MOST}, binary=True)).fetchall()
            if rows:
                async with asyncio.timeout(_PATIENCE):
                    await self._send([Waiting(*row) for row in rows])
        return len(rows)

    async def _send(self, events: Sequence[Waiting]) -> None:
        partitions: dict[int, list[Waiting]] = {}
        for event in events:
            partitions.setdefault(event.partition(self._count), []).append(event)
        sent = [await self._producer.send_batch(batch, LIFE_EVENTS, partition=at) for at, batch in self._batches(partitions)]
        await asyncio.gather(*sent)

    def _batches(self, partitions: dict[int, list[Waiting]]) -> list[tuple[int, BatchBuilder]]:
        batches: list[tuple[int, BatchBuilder]] = []
        for partition, events in partitions.items():
            batch = None
            for event in events:
                record = {
                    "key": event.key,
                    "value": event.sealed,
                    "timestamp": int(event.recorded_at.timestamp() * 1000),
                    "headers": self._headers.of(event),
                }
                if batch is None or batch.append(**record) is None:
                    batch = self._producer.create_batch()
                    batch.append(**record)
                    batches.append((partition, batch))
        return batches
