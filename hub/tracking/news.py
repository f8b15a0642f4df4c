"""Publishes the news of the ledger: each event of a row is one CloudEvent on the row's topic, and then the row goes.

At least once: a crash between the broker's acknowledgement and the delete repeats a row, under the same event ids.
"""

import asyncio
import base64
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from hub.broker import DEAD_LETTERS
from hub.observe import log
from hub.store import Pool

_ROWS = 64
# A row is held locked while its records are on the way: not for longer than this.
_PATIENCE = 10.0

_TAKE = "SELECT id, topic, events FROM news ORDER BY id LIMIT %b FOR UPDATE SKIP LOCKED"
_DONE = "DELETE FROM news WHERE id = ANY(%b::bigint[])"
_HEADERS = [("content-type", b"application/cloudevents+json")]

_Event = dict[str, Any]
_Record = tuple[bytes, bytes]

_NO_CONTENT: _Event = {"key": None, "headers": [], "value": None}


async def publish_news(pool: Pool, producer: AIOKafkaProducer, source: str) -> int:
    """Publish what waits, at most 64 rows of it. Returns the number of rows; several processes may publish at once.

    `source` is the hub's public URL. Raises `KafkaError`, `TimeoutError` or `psycopg.Error`: then the rows stay.
    """
    async with pool.connection() as connection, connection.transaction():
        rows = await (await connection.execute(_TAKE, (_ROWS,), binary=True)).fetchall()
        if not rows:
            return 0
        by_topic: dict[str, list[_Event]] = defaultdict(list)
        for _, topic, events in rows:
            by_topic[topic].extend(orjson.loads(events))
        async with asyncio.timeout(_PATIENCE):
            for topic, told in by_topic.items():
                await _tell(producer, topic, told, source)
        await connection.execute(_DONE, ([row[0] for row in rows],))
    return len(rows)


async def _tell(producer: AIOKafkaProducer, topic: str, events: Sequence[_Event], source: str) -> None:
    try:
        await _send(producer, topic, [_record(event, topic, source) for event in events])
    except MessageSizeTooLargeError:
        # This broker takes less than others. A dead letter's content is in the ledger; nothing may wait behind it.
        if topic != DEAD_LETTERS:
            raise
        log.warning("news.without-content", topic=topic, count=len(events))
        await _send(producer, topic, [_record(event | _NO_CONTENT, topic, source) for event in events])


def _key(event: Mapping[str, Any]) -> bytes:
    # News of a case goes by the case's random id; a dead letter by the key it had.
    return event["case"].encode() if "case" in event else base64.b64decode(event["key"] or "")


def _record(event: Mapping[str, Any], topic: str, source: str) -> _Record:
    return _key(event), orjson.dumps(
        {
            "specversion": "1.0",
            "id": event["id"],
            "source": source,
            "type": f"uk.tellusonce.{topic}.v1",
            "time": event["at"],
            "datacontenttype": "application/json",
            "data": event,
        }
    )


async def _send(producer: AIOKafkaProducer, topic: str, records: Iterable[_Record]) -> None:
    """Every record of a case on one partition. Batches are built here: a tenth of the cost of `send` a record."""
    partitions = sorted(await producer.partitions_for(topic))
    split: dict[int, list[_Record]] = defaultdict(list)
    for record in records:
        split[partitions[zlib.crc32(record[0]) % len(partitions)]].append(record)
    sent = [await _append(producer, topic, partition, of_one) for partition, of_one in split.items()]
    await asyncio.gather(*(future for futures in sent for future in futures))


async def _append(producer: AIOKafkaProducer, topic: str, partition: int, records: list[_Record]) -> "list[asyncio.Future[Any]]":
    futures = []
    batch = producer.create_batch()
    for key, value in records:
        if batch.append(key=key, value=value, timestamp=None, headers=_HEADERS) is None:
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None, headers=_HEADERS)
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures
