"""The role plans what `life-events` speaks of, wakes the lanes, and leaves no case unplanned."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from structlog.testing import capture_logs

from hub.broker import LIFE_EVENTS, Record, decode_wakes, deliveries, ensure_topics, list_dead_letters
from hub.planning import Planner, requeue_unplanned
from hub.planning.role import plan
from hub.privacy import Blind, Keys
from hub.settings import Settings
from hub.store import Connection, open_pool
from tests.cases.deaths import death
from tests.planning.conftest import Hub, everyone
from tests.waiting import until


@pytest.fixture
async def hub(settings: Settings) -> AsyncIterator[Hub]:
    """A hub on the keys of `settings`, so that the role can open what it tells."""
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url) as keystore:
        keys = Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value()))
        blind = Blind(os.urandom(32), os.urandom(32))
        opened = Hub(pool, keys, blind, Planner(keys, blind, settings.public_url))
        await opened.load(everyone())
        yield opened


@pytest.fixture
async def producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    await ensure_topics(settings.kafka_bootstrap, LIFE_EVENTS, deliveries("webhook"))
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap) as opened:
        yield opened


@asynccontextmanager
async def _planning(settings: Settings) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    role = asyncio.create_task(plan(settings, stopping))
    try:
        yield
    finally:
        stopping.set()
        await role


async def test_a_record_leads_to_a_plan_and_its_lanes_are_woken(settings: Settings, hub: Hub, producer: AIOKafkaProducer) -> None:
    case = await hub.tell(death())
    await _speak_of(producer, case)
    async with _planning(settings):
        await until(lambda: _is_planned(hub, case))
        queued = {row.id for row in (await hub.rows(case)).values()}
        assert await asyncio.wait_for(_woken(settings, queued), 20) == queued


async def test_what_a_new_register_puts_up_for_planning_is_planned_by_that_register(
    settings: Settings, hub: Hub, producer: AIOKafkaProducer
) -> None:
    case = await hub.tell(death())
    async with _planning(settings):
        await _speak_of(producer, case)
        await until(lambda: _is_planned(hub, case))
        newest = await hub.load(everyone(benefits={"more": ["deceased.sex"]}))
        await hub.run("UPDATE cases SET plan_due = true")
        await _speak_of(producer, case)
        await until(lambda: _is_planned(hub, case))
    assert await hub.run("SELECT register FROM plan") == [(newest.version,)]


async def test_a_record_that_names_no_case_is_a_dead_letter_and_a_case_that_cannot_be_planned_is_a_task(
    settings: Settings, hub: Hub, producer: AIOKafkaProducer
) -> None:
    broken, whole = await hub.tell(death()), await hub.tell(death())
    await hub.run("UPDATE case_version SET sealed = '\\x01' WHERE case_id = %s", broken)
    await producer.send_and_wait(LIFE_EVENTS, b"?", headers=[("ce_caseid", b"nobody")])
    await _speak_of(producer, broken)
    await _speak_of(producer, whole)
    async with _planning(settings):
        await until(lambda: _is_planned(hub, whole))
        await until(lambda: _dead(hub, 2))
    async with hub.pool.connection() as connection:
        reasons = {letter.reason for letter in await list_dead_letters(connection)}
    assert reasons == {"no-case", "defect:SealBroken"}
    assert ("plan-failed", str(broken)) in await hub.tasks()
    assert await requeue_unplanned(hub.pool, settings.model_copy(update={"unplanned_after": 0.0})) == 0


async def test_a_case_whose_record_was_lost_goes_to_the_relay_again(settings: Settings, hub: Hub) -> None:
    case = await hub.tell(death())
    await hub.run("DELETE FROM outbox")
    assert await requeue_unplanned(hub.pool, settings) == 0
    soon = settings.model_copy(update={"unplanned_after": 0.0})
    assert await requeue_unplanned(hub.pool, soon) == 1
    assert await requeue_unplanned(hub.pool, soon) == 0
    assert await hub.run("SELECT case_id, version FROM outbox") == [(case, 1)]


async def _speak_of(producer: AIOKafkaProducer, case: UUID) -> None:
    await producer.send_and_wait(LIFE_EVENTS, b"sealed", key=uuid4().bytes, headers=[("ce_caseid", str(case).encode())])


async def _is_planned(hub: Hub, case: UUID) -> bool:
    return await hub.run("SELECT plan_due FROM cases WHERE id = %s", case) == [(False,)]


async def _dead(hub: Hub, count: int) -> bool:
    return await hub.run("SELECT count(*) FROM dead_letter") == [(count,)]


async def _woken(settings: Settings, wanted: set[UUID]) -> set[UUID]:
    """The ids that wake-ups spoke of, until all of `wanted` were among them."""
    topic, found = deliveries("webhook"), set[UUID]()
    async with AIOKafkaConsumer(topic, bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest") as consumer:
        async for message in consumer:
            for wake in decode_wakes(Record(topic, message.partition, message.offset, message.key, message.value)):
                assert not wake.urgent
                found |= wanted.intersection(wake.ids)
            if found == wanted:
                break
    return found


async def test_a_case_whose_key_was_lost_is_a_persons_work_and_not_forgotten(
    settings: Settings, hub: Hub, producer: AIOKafkaProducer
) -> None:
    case, other = await hub.tell(death(1)), await hub.tell(death(2))
    [(key,)] = await hub.run("SELECT data_key FROM case_version WHERE case_id = %s", case)
    await hub.keys.destroy([key])
    await _speak_of(producer, case)
    await _speak_of(producer, other)
    async with _planning(settings):
        await until(lambda: _is_planned(hub, other))
        await until(lambda: hub.run("SELECT 1 FROM task WHERE cause = 'plan-failed' AND case_id = %s", case))
        await until(lambda: hub.run("SELECT 1 FROM dead_letter WHERE reason = 'defect:SealBroken'"))
    assert await hub.run("SELECT plan_due FROM cases WHERE id = %s", case) == [(True,)]


async def test_while_the_master_key_is_not_the_stores_cases_wait_and_none_is_buried(
    settings: Settings, hub: Hub, producer: AIOKafkaProducer
) -> None:
    case = await hub.tell(death())
    await _speak_of(producer, case)
    async with await Connection.connect(settings.keystore_url, autocommit=True) as keystore:
        await keystore.execute("UPDATE master_key_check SET wrapped = '\\x00' || wrapped")
        with capture_logs() as logs:
            async with _planning(settings):
                await until(lambda: any(line.get("cause") == "WrongMasterKey" for line in logs))
                await keystore.execute("UPDATE master_key_check SET wrapped = substr(wrapped, 2)")
                await until(lambda: _is_planned(hub, case))
    assert await _dead(hub, 0)
    assert not await hub.tasks()
