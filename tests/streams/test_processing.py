"""A batch is acknowledged after its work is durable, and one record's fault harms no other."""

import asyncio
import signal
from pathlib import Path

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient

from hub.broker import DEAD_LETTERS, Fate, Topics, list_dead_letters, redrive
from hub.roles import RESTART
from hub.settings import Settings
from hub.store import Connection
from hub.streams import group_of
from tests.broker.malformed import send_unreadable
from tests.streams.conftest import Seen, processing, start_processor
from tests.waiting import until


async def test_a_poison_record_ends_in_dead_letters_and_stops_nothing(
    settings: Settings, ledger: Connection, seen: Seen, topic: str, producer: AIOKafkaProducer
) -> None:
    for value in (b"before", b"poison", b"after"):
        await producer.send_and_wait(topic, value, key=b"k", headers=[("h", b"v")])
    async with processing(settings, topic):
        await until(lambda: _is(seen, {"before", "after"}))
        await until(lambda: _letters(ledger, 1))
    (letter,) = await list_dead_letters(ledger)
    assert (letter.record.value, letter.record.key, letter.record.offset) == (b"poison", b"k", 1)
    assert letter.record.headers == [("h", b"v")]
    assert letter.reason == "defect:ValueError"
    assert await _count(ledger, "SELECT count(*) FROM news WHERE topic = %s", DEAD_LETTERS) == 1


async def test_records_that_cannot_be_decoded_end_in_dead_letters_and_stop_nothing(
    settings: Settings, ledger: Connection, seen: Seen, topic: str, producer: AIOKafkaProducer
) -> None:
    await producer.send_and_wait(topic, b"before")
    await send_unreadable(settings.kafka_bootstrap, topic, [b"first", b"second", b"third"], unreadable=1)
    await producer.send_and_wait(topic, b"after")
    async with processing(settings, topic):
        await until(lambda: _is(seen, {"before", "first", "after"}))
        await until(lambda: _letters(ledger, 2))
    letters = await list_dead_letters(ledger)
    assert [(letter.reason, letter.record.offset) for letter in letters] == [("unreadable", 2), ("unreadable", 3)]
    assert await _committed(settings, topic) == 5


async def test_a_header_without_a_value_stops_nothing(
    settings: Settings, ledger: Connection, seen: Seen, topic: str, producer: AIOKafkaProducer
) -> None:
    await producer.send_and_wait(topic, b"poison", key=b"k" * 900_000, headers=[("ce_caseid", None), ("a\0b", b"")])
    await producer.send_and_wait(topic, b"after")
    async with processing(settings, topic):
        await until(lambda: _is(seen, {"after"}))
        await until(lambda: _letters(ledger, 1))


async def test_trap_g_a_dead_letter_put_back_comes_back_once_and_says_how_often(
    settings: Settings, ledger: Connection, topic: str, producer: AIOKafkaProducer
) -> None:
    await producer.send_and_wait(topic, b"poison")
    async with processing(settings, topic):
        await until(lambda: _letters(ledger, 1))
        (first,) = await list_dead_letters(ledger)
        assert await redrive(ledger, producer, [first.id]) == {first.id: Fate.REDRIVEN}
        await until(lambda: _letters(ledger, 2))
    (second,) = await list_dead_letters(ledger)
    assert (first.redrives, second.redrives, second.record.value) == (0, 1, b"poison")


async def test_a_database_gone_in_the_middle_of_a_batch_sends_nothing_to_dead_letters(
    settings: Settings, ledger: Connection, seen: Seen, topic: str, producer: AIOKafkaProducer
) -> None:
    await producer.send_and_wait(topic, b"first")
    async with processing(settings, topic):
        await until(lambda: _is(seen, {"first"}))
        name = settings.database_url.rpartition("/")[2].partition("?")[0]
        admin = await _connect_elsewhere(settings)
        locker = await Connection.connect(settings.database_url)
        await locker.execute("LOCK TABLE seen IN ACCESS EXCLUSIVE MODE")
        for value in (b"second", b"third"):
            await producer.send_and_wait(topic, value)
        await until(lambda: _waits_for_lock(ledger))
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await admin.close()
        await locker.close()
        async with await Connection.connect(settings.database_url, autocommit=True) as again:
            await until(lambda: _rows(again, 3))
            assert await list_dead_letters(again) == []


async def test_a_worker_killed_in_the_middle_of_a_batch_processes_it_again(
    settings: Settings, seen: Seen, topic: str, producer: AIOKafkaProducer, tmp_path: Path
) -> None:
    marker = tmp_path / "waits"
    for value in (b"one", f"wait:{marker}".encode(), b"three"):
        await producer.send_and_wait(topic, value)
    worker = start_processor(settings, topic)
    await until(lambda: _exists(marker))
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    durable = await seen()
    assert await _committed(settings, topic) <= len(durable) < 2
    again = start_processor(settings, topic)
    await until(lambda: _is(seen, {"one", f"wait:{marker}", "three"}))
    again.terminate()
    assert again.wait(15) == 0
    assert await _committed(settings, topic) == 3


async def test_a_process_whose_topic_was_made_anew_ends_to_be_started_again(
    settings: Settings, kafka: str, seen: Seen, topic: str, producer: AIOKafkaProducer
) -> None:
    await producer.send_and_wait(topic, b"one")
    worker = start_processor(settings, topic)
    await until(lambda: _is(seen, {"one"}))
    topics = Topics(kafka)
    before = (await topics.ids([topic]))[topic]
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    admin.delete_topics([topic])
    admin.close()
    assert worker.wait(20) == RESTART
    after = (await topics.ids([topic]))[topic]
    await topics.close()
    assert after != before


async def _is(seen: Seen, values: set[str]) -> bool:
    return set(await seen()) == values


async def _exists(path: Path) -> bool:
    return await asyncio.to_thread(path.exists)


async def _letters(ledger: Connection, count: int) -> bool:
    return await _count(ledger, "SELECT count(*) FROM dead_letter") == count


async def _rows(ledger: Connection, count: int) -> bool:
    return await _count(ledger, "SELECT count(*) FROM seen") == count


async def _waits_for_lock(ledger: Connection) -> bool:
    return await _count(ledger, "SELECT count(*) FROM pg_locks WHERE NOT granted") > 0


async def _count(ledger: Connection, query: str, *values: object) -> int:
    row = await (await ledger.execute(query, values)).fetchone()
    assert row is not None
    return int(row[0])


async def _connect_elsewhere(settings: Settings) -> Connection:
    url = psycopg.conninfo.make_conninfo(settings.database_url, dbname="postgres")
    return await Connection.connect(url, autocommit=True)


async def _committed(settings: Settings, topic: str) -> int:
    topics = Topics(settings.kafka_bootstrap)
    group = group_of(topic, (await topics.ids([topic])).values())
    await topics.close()
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        return await consumer.committed(TopicPartition(topic, 0)) or 0
    finally:
        await consumer.stop()
