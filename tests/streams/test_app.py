"""Faust runs with the settings under which it keeps its promises."""

from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from hub.broker import ensure_topics
from hub.settings import Settings
from hub.streams import ConcurrencyRefused, make_app
from tests.waiting import lasting, until


def test_an_agent_with_concurrency_is_refused() -> None:
    app = make_app(Settings(), "plan", "0a1b")
    with pytest.raises(ConcurrencyRefused):
        app.agent(app.topic("life-events"), concurrency=2)


def test_a_killed_worker_is_back_soon_and_a_waiting_one_is_not_taken_for_dead() -> None:
    conf = make_app(Settings(worker="7"), "plan", "0a1b").conf
    assert (conf.broker_session_timeout, conf.broker_heartbeat_interval) == (6.0, 2.0)
    assert conf.consumer_group_instance_id == "plan-7"
    assert conf.broker_max_poll_interval >= 24 * 3600


def test_nothing_is_kept_made_or_served_by_faust_itself() -> None:
    app = make_app(Settings(), "plan", "0a1b")
    assert not app.conf.web_enabled
    assert not app.conf.topic_allow_declare
    assert app.conf.topic_disable_leader
    assert not app.boot_strategy.enable_kafka_producer
    assert app.conf.consumer_auto_offset_reset == "earliest"


async def test_who_joined_while_the_broker_knew_no_topic_reads_it_soon_after(settings: Settings) -> None:
    topic, seen = f"late-{uuid4().hex}", []
    app = make_app(settings, "late", topic)
    source = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    @app.agent(source, name="late")
    async def read(stream: Any) -> None:
        async for value in stream:
            seen.append(value)

    await app.start()
    try:
        await lasting(5.0)  # it has joined, and was given nothing
        await ensure_topics(settings.kafka_bootstrap, topic)
        async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as producer:
            await producer.send_and_wait(topic, b"here")
        await until(lambda: seen == [b"here"], within=20)
    finally:
        await app.stop()
