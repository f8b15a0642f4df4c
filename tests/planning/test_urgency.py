""" "Not dead" goes first out of the outbox and past whatever lies before it on the topic, however much that is."""

import asyncio
import os
from collections.abc import AsyncIterator
from functools import partial

import pytest
from aiokafka import AIOKafkaProducer

from hub.broker import LIFE_EVENTS, deliveries, ensure_topics, open_producer
from hub.cases import record
from hub.planning import Planner
from hub.planning.role import plan
from hub.planning.urgency import urgently_due
from hub.privacy import Blind, Keys
from hub.relay.events import Headers
from hub.relay.moving import Mover
from hub.settings import Settings
from hub.store import open_pool
from hub.tasks import Cause, TaskDraft, open_tasks
from tests.cases.deaths import death
from tests.planning.conftest import Hub, everyone
from tests.waiting import until

MANY, AT_ONCE = 2_000, 200


@pytest.fixture
async def hub(settings: Settings) -> AsyncIterator[Hub]:
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url) as keystore:
        keys, blind = Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value())), Blind(os.urandom(32), os.urandom(32))
        opened = Hub(pool, keys, blind, Planner(keys, blind, settings.public_url))
        await opened.load(everyone())
        yield opened


@pytest.fixture
async def relay(settings: Settings, hub: Hub) -> AsyncIterator[Mover]:
    await ensure_topics(settings.kafka_bootstrap, LIFE_EVENTS, deliveries("webhook"))
    producer: AIOKafkaProducer = await open_producer(settings, "relay")
    yield Mover(hub.pool, producer, Headers(settings.public_url), len(await producer.partitions_for(LIFE_EVENTS)))
    await producer.stop()


async def _tell_many(hub: Hub) -> None:
    for _ in range(MANY // AT_ONCE):
        await record(hub.pool, hub.keys, hub.blind, [death() for _ in range(AT_ONCE)])


@pytest.mark.timeout(180)
async def test_a_retraction_told_last_of_two_thousand_is_moved_first_and_planned_first(settings: Settings, hub: Hub, relay: Mover) -> None:
    ada, eve = await hub.tell_and_plan(death(1)), await hub.tell_and_plan(death(2))
    for recipient in ("dwp.benefits", "stevenage.council-tax"):
        await hub.sent(recipient)
    await hub.run("DELETE FROM outbox")
    await _tell_many(hub)
    await hub.tell(death(1, minute=5, fact="retracted"))
    await relay.move()
    assert await hub.run("SELECT count(*) FROM outbox WHERE case_id = %s", ada) == [(0,)]
    assert (await hub.run("SELECT count(*) FROM outbox"))[0][0] > MANY * 0.7

    while await relay.move():
        pass
    await hub.tell(death(2, minute=5, fact="retracted"))
    await relay.move()
    stopping = asyncio.Event()
    role = asyncio.create_task(plan(settings, stopping))
    await until(partial(_are_retracted, hub, ada, eve), 60)
    [(planned,)] = await hub.run("SELECT count(*) FROM plan")
    print(f"planned before both retractions: {planned} of {MANY}")
    assert planned < MANY / 2
    stopping.set()
    await role


async def test_an_end_that_planning_fails_for_waits_for_the_person_who_has_the_task(hub: Hub) -> None:
    broken, whole = await hub.tell_and_plan(death(1)), await hub.tell_and_plan(death(2))
    await hub.tell(death(1, minute=5, fact="retracted"))
    await hub.tell(death(2, minute=5, fact="cancelled"))
    async with hub.pool.connection() as connection:
        assert await urgently_due(connection) == [broken, whole]
        await open_tasks(connection, [TaskDraft(Cause.PLAN_FAILED, str(broken), broken)])
        assert await urgently_due(connection) == [whole]


async def _are_retracted(hub: Hub, *cases: object) -> bool:
    done = await hub.run("SELECT count(*) FROM plan WHERE version = 2 AND case_id = ANY(%s)", list(cases))
    return done == [(len(cases),)]
