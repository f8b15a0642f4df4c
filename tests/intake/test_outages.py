"""With PostgreSQL down intake says so and accepts nothing; with Kafka down it goes on and nothing is lost."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from hub import local
from hub.relay.role import Relay
from hub.settings import Settings
from hub.store import migrate
from tests.cases.deaths import event
from tests.intake.conftest import Api, make_settings, running_api
from tests.waiting import until


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> local.Postgres:
    folder = tmp_path_factory.mktemp("outage")
    folder.chmod(0o711)
    server = local.Postgres(folder / "server", fsync="off")
    server.prepare()
    return server


@pytest.mark.timeout(60)
async def test_with_postgres_down_nothing_is_accepted_and_the_caller_is_told_when_to_come_back(
    own_server: local.Postgres, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as up:
        up.enter_context(local.running(own_server, tmp_path / "postgres.log"))
        async with running_api(await migrated(own_server)) as api:
            caller, told = await api.caller(), event()
            assert (await caller.post(event())).status_code == 202
            up.close()

            refused = await caller.post(told)
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
            assert not (await api.http.get("/health/ready")).json()["ready"]

            async def taken() -> bool:
                return (await caller.post(told)).status_code == 202

            with local.running(own_server, tmp_path / "postgres.log"):
                await until(taken)


@pytest.mark.timeout(90)
async def test_with_kafka_down_intake_goes_on_and_the_relay_catches_up_when_it_is_back(
    api: Api, intake_settings: Settings, tmp_path: Path
) -> None:
    kafka = local.Kafka(tmp_path / "kafka")
    kafka.prepare()
    settings = intake_settings.model_copy(update={"kafka_bootstrap": kafka.bootstrap})
    caller = await api.caller()
    relay = asyncio.create_task(Relay(settings).run())
    try:
        told = [(await caller.post(event())).status_code for _ in range(20)]
        assert told == [202] * 20
        assert await waiting(api) == 20
        with local.running(kafka, tmp_path / "kafka.log"):
            await until(lambda: emptied(api))
            records = await read(kafka.bootstrap, 20)
        assert len({record.key for record in records}) == 20
        for record in records:
            assert {"ce_id", "ce_type", "ce_caseid", "ce_caseversion"} <= dict(record.headers).keys()
            assert b"Planted" not in b"".join((record.key, record.value, *(value for _, value in record.headers)))
    finally:
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)


async def migrated(server: local.Postgres) -> Settings:
    ledger, keystore = server.create("ledger"), server.create("keys")
    await asyncio.to_thread(migrate, "ledger", ledger)
    await asyncio.to_thread(migrate, "keys", keystore)
    return make_settings(ledger, keystore)


async def waiting(api: Api) -> int:
    async with api.parts.pool.connection() as connection:
        row = await (await connection.execute("SELECT count(*) FROM outbox")).fetchone()
    assert row is not None
    return int(row[0])


async def emptied(api: Api) -> bool:
    return await waiting(api) == 0


async def read(bootstrap: str, count: int) -> list[Any]:
    consumer = AIOKafkaConsumer("life-events", bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        return [await asyncio.wait_for(consumer.getone(), 20) for _ in range(count)]
    finally:
        await consumer.stop()
