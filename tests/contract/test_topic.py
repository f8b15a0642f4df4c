"""What comes of each thing a topic's broker can do."""

import asyncio
import os
import signal
import time

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from connectors.contract import Placed, Refused, Retry
from tests.contract.rigs import Broker, TopicRig, parcels, read_all


def topic_id_of(broker: Broker, topic: str) -> str:
    admin = KafkaAdminClient(bootstrap_servers=[broker.bootstrap])
    [found] = admin.describe_topics([topic])
    admin.close()
    return str(found["topic_id"])


def delete(broker: Broker, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=[broker.bootstrap])
    admin.delete_topics([topic])
    admin.close()


async def test_a_missing_topic_is_made_with_its_retention(topic: TopicRig, broker: Broker) -> None:
    await topic.connector.send(topic.endpoint, parcels(1))
    admin = KafkaAdminClient(bootstrap_servers=[broker.bootstrap])
    [configured] = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.topic)], config_filter="all").values()
    admin.close()
    assert configured[topic.topic]["retention.ms"]["value"] == str(14 * 24 * 3600 * 1000)


async def test_the_outcome_says_where_it_lies(topic: TopicRig, broker: Broker) -> None:
    sent = parcels(5)
    outcomes = [*await topic.connector.send(topic.endpoint, sent[:2]), *await topic.connector.send(topic.endpoint, sent[2:])]
    id_ = topic_id_of(broker, topic.topic)
    assert outcomes == [Placed(topic.topic, id_, 0, offset) for offset in range(5)]


async def test_a_record_is_a_cloud_event_keyed_by_the_subject(topic: TopicRig, broker: Broker) -> None:
    [parcel] = parcels(1)
    await topic.connector.send(topic.endpoint, [parcel])
    [record] = await asyncio.to_thread(read_all, broker.bootstrap, topic.topic)
    assert record.key == parcel.key.encode()
    assert record.value == parcel.body
    headers = dict(record.headers)
    assert headers["content-type"].startswith(b"application/cloudevents+json")
    assert headers["message-id"] == parcel.message.encode()


async def test_one_that_is_too_large_is_refused_alone(topic: TopicRig) -> None:
    sent = [*parcels(2), *parcels(1, size=2_000_000), *parcels(2)]
    outcomes = await topic.connector.send(topic.endpoint, sent)
    assert [type(outcome) for outcome in outcomes] == [Placed, Placed, Refused, Placed, Placed]
    assert [message for message, _ in await topic.received()] == [sent[n].message for n in (0, 1, 3, 4)]


async def test_a_topic_made_anew_has_another_id_beside_its_offsets(topic: TopicRig, broker: Broker) -> None:
    [first] = await topic.connector.send(topic.endpoint, parcels(1))
    assert isinstance(first, Placed)
    delete(broker, topic.topic)
    ends = time.monotonic() + 20
    while True:
        [again] = await topic.connector.send(topic.endpoint, parcels(1))
        if isinstance(again, Placed) and again.topic_id != first.topic_id:
            break
        assert time.monotonic() < ends
    assert again.topic_id == topic_id_of(broker, topic.topic)


async def test_a_broker_that_freezes_leaves_the_outcome_unknown_and_repeats_keep_their_order(topic: TopicRig, broker: Broker) -> None:
    await topic.connector.send(topic.endpoint, parcels(1))
    sent = parcels(2)
    os.kill(broker.process.pid, signal.SIGSTOP)
    began = time.monotonic()
    outcomes = await topic.connector.send(topic.endpoint, sent)
    took = time.monotonic() - began
    os.kill(broker.process.pid, signal.SIGCONT)
    assert outcomes == [Retry("timeout")] * 2
    assert took < topic.timeout + 1
    ends = time.monotonic() + 20
    while not all(isinstance(outcome, Placed) for outcome in await topic.connector.send(topic.endpoint, sent)):
        assert time.monotonic() < ends
    received = [message for message, _ in await topic.received()][1:]
    assert received[-2:] == [parcel.message for parcel in sent]
    assert received == [sent[n % 2].message for n in range(len(received))]
