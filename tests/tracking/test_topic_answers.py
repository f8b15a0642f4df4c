"""Answers by topic: read, taken, committed; what cannot be taken is buried and holds up nothing."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from structlog.testing import capture_logs

from hub.broker import (
    DEAD_LETTERS,
    DELIVERY_STATUS,
    REDRIVEN,
    TopicWatch,
    acknowledgements,
    ensure_topics,
    list_dead_letters,
    open_producer,
    redrive,
)
from hub.privacy import Keys
from hub.settings import Settings
from hub.store import open_pool
from hub.tracking.news import publish_news
from hub.tracking.topic_answers import AnswerReader, read_answers
from schemas import State
from tests.broker.malformed import send_unreadable
from tests.tracking.conftest import Deliveries
from tests.waiting import until

APPLIED = b'{"answer":"applied"}'
REJECTED = b'{"answer":"rejected","reason":"The tenancy has passed to another"}'


@pytest_asyncio.fixture
async def recipient(settings: Settings) -> str:
    name = f"stevenage.waste-{secrets.token_hex(4)}"
    await ensure_topics(settings.kafka_bootstrap, acknowledgements(name))
    return name


@asynccontextmanager
async def reading(ledger: Deliveries, settings: Settings, recipient: str) -> AsyncIterator[None]:
    topics = [acknowledgements(recipient)]
    watch = TopicWatch(settings.kafka_bootstrap, topics)
    reader = AnswerReader(ledger.pool, ledger.keys, watch)
    tasks = [asyncio.create_task(watch.run()), asyncio.create_task(read_answers(settings, reader, topics))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def send(settings: Settings, recipient: str, *records: tuple[bytes | None, bytes | None]) -> None:
    producer = await open_producer(settings, "recipient")
    try:
        for key, value in records:
            await producer.send_and_wait(acknowledgements(recipient), value, key=key)
    finally:
        await producer.stop()


async def test_answers_on_the_recipients_topic_are_taken_and_poison_is_buried(
    ledger: Deliveries, settings: Settings, recipient: str
) -> None:
    mine = [await ledger.planted(recipient) for _ in range(20)]
    stranger = await ledger.planted("hertfordshire.libraries")
    poison = [(b"x", b"{"), (mine[0].message.encode(), b'{"answer":"perhaps"}'), (None, APPLIED), (stranger.message.encode(), APPLIED)]
    await send(settings, recipient, *poison[:2], *((one.message.encode(), APPLIED) for one in mine), *poison[2:])
    async with reading(ledger, settings, recipient):
        await until(lambda: ledger.all_are([one.id for one in mine], State.APPLIED))
        await until(lambda: _count(ledger, "dead_letter", 4))
    assert await ledger.state(stranger.id) is State.ACCEPTED
    reasons = {row[0] for row in await ledger.all("SELECT reason FROM dead_letter")}
    assert reasons == {"not-an-acknowledgement", "empty", "unknown-message"}
    assert await ledger.all("SELECT paths FROM dead_letter WHERE key = %s", mine[0].message.encode()) == [(["answer"],)]


async def test_a_reader_that_died_before_it_committed_reads_again_and_notes_nothing_twice(
    ledger: Deliveries, settings: Settings, recipient: str
) -> None:
    one = await ledger.planted(recipient)
    record = (one.message.encode(), APPLIED)
    await send(settings, recipient, record)
    async with reading(ledger, settings, recipient):
        await until(lambda: ledger.all_are([one.id], State.APPLIED))
    await send(settings, recipient, record)
    other = await ledger.planted(recipient)
    await send(settings, recipient, (other.message.encode(), APPLIED))
    async with reading(ledger, settings, recipient):
        await until(lambda: ledger.all_are([other.id], State.APPLIED))
    assert await ledger.one("SELECT count(*) FROM answer WHERE delivery = %s", one.id) == 1


async def test_what_a_recipient_wrote_is_sealed_when_it_is_buried_leaves_the_topic_and_comes_back_as_it_was(
    ledger: Deliveries, settings: Settings, recipient: str
) -> None:
    one = await ledger.planted(recipient)
    wrong = b'{"answer":"rejected","why":"Mrs Zwyntharpe moved"}'
    await send(settings, recipient, (one.message.encode(), wrong), (b"Mrs Zwyntharpe", wrong))
    async with reading(ledger, settings, recipient):
        await until(lambda: _count(ledger, "dead_letter", 2))
        await until(lambda: _is_clear(settings, recipient))
        rows = await ledger.all("SELECT key, headers::text, value FROM dead_letter ORDER BY id")
        assert b"Zwyntharpe" not in repr(rows).encode()
        assert [row[0] for row in rows] == [one.message.encode(), None]
        producer = await open_producer(settings, "operator")
        async with ledger.pool.connection() as connection:
            await redrive(connection, producer, [letter.id for letter in await list_dead_letters(connection)][:1])
        await producer.stop()
        await until(lambda: _count(ledger, "dead_letter", 3))
    reasons = await ledger.all("SELECT reason, redriven_at IS NULL FROM dead_letter ORDER BY id")
    assert reasons == [("not-an-acknowledgement", False), ("not-an-acknowledgement", True), ("not-an-acknowledgement", True)]


async def test_what_a_hostile_recipient_writes_on_its_own_topic_holds_up_neither_answers_nor_news(
    ledger: Deliveries, settings: Settings, recipient: str
) -> None:
    one = await ledger.planted(recipient)
    topic = acknowledgements(recipient)
    counts = [None, b"9" * 5_000, b"9" * 900_000]
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
        for count in counts:
            await producer.send_and_wait(topic, b"junk", key=b"k", headers=[(REDRIVEN, count)])
        await producer.send_and_wait(topic, b"junk", key=b"k" * 900_000)
        await send_unreadable(settings.kafka_bootstrap, topic, [b"junk"] * 2, unreadable=0)
        await producer.send_and_wait(topic, APPLIED, key=one.message.encode())
    async with reading(ledger, settings, recipient):
        await until(lambda: ledger.all_are([one.id], State.APPLIED))
        await until(lambda: _count(ledger, "dead_letter", len(counts) + 3))
    rows = await ledger.all("SELECT reason, headers FROM dead_letter ORDER BY id")
    assert [row[0] for row in rows] == ["not-an-acknowledgement"] * len(counts) + ["too-large"] + ["unreadable"] * 2
    assert all(row[1] == [] for row in rows)
    await ensure_topics(settings.kafka_bootstrap, DEAD_LETTERS, DELIVERY_STATUS)
    producer = await open_producer(settings, "track")
    try:
        assert await publish_news(ledger.pool, producer, "https://tell.example") > 0
    finally:
        await producer.stop()


async def test_what_is_larger_than_an_answer_is_buried_without_its_content(ledger: Deliveries, settings: Settings, recipient: str) -> None:
    await send(settings, recipient, (b"x", b"\0" * 17_000))
    async with reading(ledger, settings, recipient):
        await until(lambda: _count(ledger, "dead_letter", 1))
    assert await ledger.all("SELECT reason, value FROM dead_letter") == [("too-large", None)]


async def test_what_is_larger_than_a_record_of_ours_may_be_is_buried_and_holds_up_no_news(
    ledger: Deliveries, settings: Settings, recipient: str
) -> None:
    await send(settings, recipient, (b"x", secrets.token_bytes(900_000)))
    async with reading(ledger, settings, recipient):
        await until(lambda: _count(ledger, "dead_letter", 1))
    await ensure_topics(settings.kafka_bootstrap, DEAD_LETTERS)
    producer = await open_producer(settings, "track")
    try:
        assert await publish_news(ledger.pool, producer, "https://tell.example") == 1
    finally:
        await producer.stop()


async def _is_clear(settings: Settings, recipient: str) -> bool:
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        place = TopicPartition(acknowledgements(recipient), 0)
        return bool((await consumer.beginning_offsets([place]))[place] == (await consumer.end_offsets([place]))[place] > 0)
    finally:
        await consumer.stop()


async def _count(ledger: Deliveries, table: str, wanted: int) -> bool:
    return bool(await ledger.one(f"SELECT count(*) FROM {table}") == wanted)  # noqa: S608 - a table's name


async def test_an_answer_whose_key_does_not_unwrap_is_buried_without_its_words_and_holds_up_no_other(
    ledger: Deliveries, settings: Settings, recipient: str
) -> None:
    broken, whole = await ledger.planted(recipient), await ledger.planted(recipient)
    await ledger.break_key(settings.keystore_url, broken.id)
    await send(settings, recipient, (broken.message.encode(), REJECTED), (whole.message.encode(), REJECTED))
    async with reading(ledger, settings, recipient):
        await until(lambda: ledger.all_are([whole.id], State.REJECTED))
        await until(lambda: _count(ledger, "dead_letter", 1))
    assert await ledger.all("SELECT reason, key, value FROM dead_letter") == [("defect", broken.message.encode(), None)]


async def test_under_a_wrong_master_key_answers_wait_and_none_is_lost(ledger: Deliveries, settings: Settings, recipient: str) -> None:
    one, other = await ledger.planted(recipient), await ledger.planted(recipient)
    await send(settings, recipient, (one.message.encode(), REJECTED), (other.message.encode(), APPLIED))
    async with await open_pool(settings.keystore_url, size=2) as keystore:
        mistaken = Deliveries(ledger.pool, Keys(keystore, bytes(32)))
        with capture_logs() as logs:
            async with reading(mistaken, settings, recipient):
                await until(lambda: any(line.get("cause") == "WrongMasterKey" for line in logs))
    assert await ledger.one("SELECT count(*) FROM dead_letter") == 0
    async with reading(ledger, settings, recipient):
        await until(lambda: ledger.all_are([one.id], State.REJECTED))
        await until(lambda: ledger.all_are([other.id], State.APPLIED))
