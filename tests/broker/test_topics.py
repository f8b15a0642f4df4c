"""Topics are made once, however many make them."""

import asyncio
import uuid

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError
from kafka.errors import KafkaError

from hub.broker import Topics, deliveries, ensure_topics, partitions_of
from hub.local import free_port


async def test_processes_that_make_the_same_topics_at_once_all_succeed(kafka: str, producer: AIOKafkaProducer) -> None:
    names = [deliveries(uuid.uuid4().hex), uuid.uuid4().hex]
    await asyncio.gather(*(ensure_topics(kafka, *names) for _ in range(4)))
    for name in names:
        assert len(await producer.partitions_for(name)) == partitions_of(name)


async def test_the_broker_measures_what_a_record_takes_when_it_lies_open(kafka: str, topic: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, compression_type="gzip", max_request_size=8 << 20) as producer:
        await producer.send_and_wait(topic, b"\0" * 500_000)
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(topic, b"\0" * (4 << 20))


async def test_a_topic_keeps_its_id(kafka: str, topic: str) -> None:
    topics = Topics(kafka)
    first = await topics.ids([topic, "missing"])
    assert first == await topics.ids([topic])
    await topics.close()


async def test_an_absent_broker_is_said_within_seconds() -> None:
    with pytest.raises(KafkaError):
        await ensure_topics(f"127.0.0.1:{free_port()}", "life-events")
