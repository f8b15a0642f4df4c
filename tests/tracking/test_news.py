"""News of the ledger, as its readers find it on the topics."""

import asyncio
from collections import Counter
from uuid import uuid4

import orjson
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from hub.broker import DEAD_LETTERS, DELIVERY_STATUS, Record, bury, ensure_topics, open_producer
from hub.settings import Settings
from hub.tracking.news import publish_news
from tests.tracking.conftest import Deliveries


async def read_cases(settings: Settings, cases: set[str], count: int) -> list[tuple[int, bytes, dict[str, object]]]:
    """The first `count` records about `cases`: partition, key, event."""
    consumer = AIOKafkaConsumer(DELIVERY_STATUS, bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    found: list[tuple[int, bytes, dict[str, object]]] = []
    try:
        async with asyncio.timeout(20):
            while len(found) < count:
                for messages in (await consumer.getmany(timeout_ms=200)).values():
                    found += [(m.partition, m.key, orjson.loads(m.value)) for m in messages if m.key.decode() in cases]
    finally:
        await consumer.stop()
    return found


async def test_each_event_is_one_cloudevent_and_those_of_a_case_lie_together(ledger: Deliveries, settings: Settings) -> None:
    cases = [str(uuid4()) for _ in range(40)]
    for batch in range(5):
        events = [{"id": f"{case}-{batch}", "case": case, "state": "accepted", "at": "2026-11-21T08:00:00+00:00"} for case in cases]
        await ledger.run("INSERT INTO news (topic, events) VALUES (%s, %s)", DELIVERY_STATUS, orjson.dumps(events))
    await ensure_topics(settings.kafka_bootstrap, DELIVERY_STATUS)
    producer = await open_producer(settings, "track")
    try:
        assert await publish_news(ledger.pool, producer, "https://tell.example") == 5
    finally:
        await producer.stop()
    assert await ledger.one("SELECT count(*) FROM news") == 0

    records = await read_cases(settings, set(cases), 200)
    said = [event for _, _, event in records]
    assert {(e["specversion"], e["source"], e["type"]) for e in said} == {
        ("1.0", "https://tell.example", "uk.tellusonce.delivery-status.v1")
    }
    partitions = Counter((key, partition) for partition, key, _ in records)
    assert len(partitions) == len(cases)
    in_order = [event["id"] for _, key, event in records if key.decode() == cases[0]]
    assert in_order == [f"{cases[0]}-{batch}" for batch in range(5)]


async def test_two_publishers_share_the_news_and_publish_none_of_it_twice(ledger: Deliveries, settings: Settings) -> None:
    case = str(uuid4())
    for number in range(100):
        event = {"id": f"{case}-{number}", "case": case, "state": "accepted", "at": "2026-11-21T08:00:00+00:00"}
        await ledger.run("INSERT INTO news (topic, events) VALUES (%s, %s)", DELIVERY_STATUS, orjson.dumps([event]))
    await ensure_topics(settings.kafka_bootstrap, DELIVERY_STATUS)
    producer = await open_producer(settings, "track")
    try:
        rounds = await asyncio.gather(*(publish_news(ledger.pool, producer, "https://tell.example") for _ in range(4)))
        assert sum(rounds) == 100
    finally:
        await producer.stop()
    records = await read_cases(settings, {case}, 100)
    assert len({event["id"] for _, _, event in records}) == 100


async def test_a_dead_letter_too_large_for_this_broker_is_told_without_its_content(ledger: Deliveries, settings: Settings) -> None:
    await ensure_topics(settings.kafka_bootstrap, DEAD_LETTERS)
    async with ledger.pool.connection() as connection:
        for offset, size in enumerate((30_000, 10, 30_000)):
            await bury(connection, Record("life-events", 0, offset, b"k", b"v" * size), uuid4(), "no-case")
    await _take_at_most(settings, 20_000)
    producer = await open_producer(settings, "track")
    try:
        assert await publish_news(ledger.pool, producer, "https://tell.example") == 3
    finally:
        await producer.stop()
        await _take_at_most(settings, 1_048_588)
    assert await ledger.one("SELECT count(*) FROM news") == 0


async def _take_at_most(settings: Settings, size: int) -> None:
    """Set what the broker takes on `dead-letters`, and see that it holds to it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    limit = ConfigResource(ConfigResourceType.TOPIC, DEAD_LETTERS, {"max.message.bytes": str(size)})
    try:
        await admin.alter_configs([limit])
    finally:
        await admin.close()


async def test_news_stays_in_the_ledger_while_the_broker_is_away(ledger: Deliveries) -> None:
    case = str(uuid4())
    await ledger.run("INSERT INTO news (topic, events) VALUES ('delivery-status', %s)", orjson.dumps([{"id": "1", "case": case, "at": ""}]))

    class Away:
        async def partitions_for(self, topic: str) -> set[int]:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await publish_news(ledger.pool, Away(), "https://tell.example")
    assert await ledger.one("SELECT count(*) FROM news") == 1
