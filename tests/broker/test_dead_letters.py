"""Whatever a record carries, it can be buried, told, looked at and put back."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from hub.broker import REDRIVEN, Fate, Record, bury, list_dead_letters, redrive
from hub.store import Connection
from tests.conftest import Databases


@pytest_asyncio.fixture
async def ledger(postgres: Databases) -> AsyncIterator[Connection]:
    async with await Connection.connect(postgres.database_url, autocommit=True) as connection:
        yield connection


async def test_a_header_without_a_value_stays_without_one_and_a_nul_in_a_name_is_replaced(
    ledger: Connection, kafka: str, topic: str, producer: AIOKafkaProducer
) -> None:
    await bury(ledger, Record(topic, 0, 0, b"k", b"junk", [("x", None), ("a\0b", b"v")]), uuid4(), "no-case")
    (letter,) = await list_dead_letters(ledger)
    assert letter.record.headers == [("x", None), ("a\ufffdb", b"v")]
    assert await redrive(ledger, producer, [letter.id]) == {letter.id: Fate.REDRIVEN}
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        back = await consumer.getone()
    finally:
        await consumer.stop()
    assert (back.value, back.headers) == (b"junk", (("x", None), ("a\ufffdb", b"v"), (REDRIVEN, b"1")))


@pytest.mark.parametrize("count", [None, b"", b"9" * 5_000, b"-1", b"many"])
async def test_a_count_of_redrives_that_is_not_the_hubs_counts_as_none(ledger: Connection, count: bytes | None) -> None:
    await bury(ledger, Record("t", 0, 0, b"k", b"junk", [(REDRIVEN, count)]), uuid4(), "no-case")
    (letter,) = await list_dead_letters(ledger)
    assert letter.redrives == 0


@pytest.mark.parametrize(
    "record",
    [
        Record("t", 0, 0, b"k" * 900_000, b"junk"),
        Record("t", 0, 0, b"k", b"junk", [("x", b"h" * 900_000)]),
        Record("t", 0, 0, b"k", b"junk", [("x" * 900_000, b"h")]),
        Record("t", 0, 0, b"k" * 300_000, b"v" * 300_000, [("\1" * 300_000, b"h" * 90_000)]),
    ],
    ids=["key", "header", "name", "all"],
)
async def test_the_news_of_a_large_record_has_room_in_a_record(ledger: Connection, record: Record) -> None:
    await bury(ledger, record, uuid4(), "no-case")
    (letter,) = await list_dead_letters(ledger)
    assert (letter.record.key, letter.record.value, letter.record.headers) == (record.key, record.value, list(record.headers))
    row = await (await ledger.execute("SELECT events FROM news")).fetchone()
    assert row is not None
    ((event,), told) = orjson.loads(row[0]), len(row[0])
    assert told < 1_000_000
    assert (event["topic"], event["reason"]) == ("t", "no-case")


async def test_what_is_too_large_for_its_topic_is_left_and_holds_up_no_other(
    ledger: Connection, topic: str, producer: AIOKafkaProducer
) -> None:
    for offset, size in enumerate((1_100_000, 10)):
        await bury(ledger, Record(topic, 0, offset, b"k", b"v" * size), uuid4(), "no-case")
    large, small = await list_dead_letters(ledger)
    assert await redrive(ledger, producer, [large.id, small.id]) == {large.id: Fate.TOO_LARGE, small.id: Fate.REDRIVEN}
    assert [letter.id for letter in await list_dead_letters(ledger)] == [large.id]


async def test_one_of_which_nothing_was_kept_is_not_called_put_back(ledger: Connection, topic: str, producer: AIOKafkaProducer) -> None:
    await bury(ledger, Record(topic, 0, 0, None, None, [("tuo-unreadable", b"")]), uuid4(), "unreadable")
    await bury(ledger, Record(topic, 0, 1, b"msg_1", None), uuid4(), "too-large")
    ids = [letter.id for letter in await list_dead_letters(ledger)]
    assert await redrive(ledger, producer, ids) == dict.fromkeys(ids, Fate.NOTHING_KEPT)
    assert [letter.id for letter in await list_dead_letters(ledger)] == ids


async def test_those_whose_topic_is_gone_are_left_and_hold_up_no_other(ledger: Connection, topic: str, producer: AIOKafkaProducer) -> None:
    gone = f"{topic}-gone"
    for offset, name in enumerate((gone, topic, gone)):
        await bury(ledger, Record(name, 0, offset, b"k", b"v"), uuid4(), "no-case")
    first, other, last = [letter.id for letter in await list_dead_letters(ledger)]
    began = time.monotonic()
    fates = await redrive(ledger, producer, [first, other, last])
    assert fates == {first: Fate.TOPIC_GONE, other: Fate.REDRIVEN, last: Fate.TOPIC_GONE}
    assert time.monotonic() - began < 15  # it is found out once
    assert [letter.id for letter in await list_dead_letters(ledger)] == [first, last]


async def test_what_was_put_back_before_somebody_interrupts_is_not_put_back_again(
    ledger: Connection, topic: str, producer: AIOKafkaProducer
) -> None:
    for offset, name in enumerate((topic, f"{topic}-gone")):
        await bury(ledger, Record(name, 0, offset, b"k", b"v"), uuid4(), "no-case")
    _, unsent = [letter.id for letter in await list_dead_letters(ledger)]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await redrive(ledger, producer, [letter.id for letter in await list_dead_letters(ledger)])
    assert [letter.id for letter in await list_dead_letters(ledger)] == [unsent]
