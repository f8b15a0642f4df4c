"""What a role without an API shows of itself: metrics, whether it lives, whether it is ready."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
from prometheus_client.parser import text_string_to_metric_families

from hub.local import Postgres, free_port
from hub.observe import answers, metrics, once_a_second, serve
from hub.settings import Settings
from hub.store import Connection, open_pool
from tests.conftest import Databases
from tests.waiting import lasting, until

# As a server that starts again does it.
_END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@asynccontextmanager
async def served(needs: dict[str, bool]) -> AsyncIterator[httpx.AsyncClient]:
    async def ready() -> Mapping[str, bool]:
        return needs

    settings = Settings(observe_port=free_port())
    task = asyncio.create_task(serve(settings, "relay", ready))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.observe_port}", trust_env=False) as client:
            await _answers(client)
            yield client
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await client.get("/health/live")
                return
            except httpx.ConnectError:
                await asyncio.sleep(0.02)


async def test_a_role_is_ready_when_it_has_everything_it_needs() -> None:
    needs = {"ledger": True, "kafka": False}
    async with served(needs) as client:
        waiting = await client.get("/health/ready")
        assert (waiting.status_code, waiting.json()["needs"]) == (503, needs)
        assert (await client.get("/health/live")).status_code == 200
        needs["kafka"] = True
        assert (await client.get("/health/ready")).status_code == 200
        assert (await client.get("/anything")).status_code == 404


async def test_a_crowd_of_looks_asks_once() -> None:
    asked = 0

    async def ready() -> Mapping[str, bool]:
        nonlocal asked
        asked += 1
        await lasting(0.05)
        return {"ledger": True}

    look = once_a_second(ready)
    assert await asyncio.gather(*(look() for _ in range(50))) == [{"ledger": True}] * 50
    assert asked == 1

    async def asked_again() -> bool:
        await look()
        return asked == 2

    await until(asked_again, 3)


async def test_metrics_are_exported_with_help_and_their_label_sets_start_at_zero() -> None:
    metrics.start_at_zero(kinds=["never-told"], connectors=["fax"], recipients=["a.b"], topics=["never-read"])
    async with served({}) as client:
        text = (await client.get("/metrics")).text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    ours = {name: family for name, family in families.items() if name.startswith("tuo_")}
    assert all(family.documentation for family in ours.values())
    samples = {(s.name, tuple(sorted(s.labels.items()))): s.value for family in ours.values() for s in family.samples}
    assert samples["tuo_notifications_accepted_total", (("kind", "never-told"),)] == 0
    assert samples["tuo_delivery_attempts_total", (("connector", "fax"), ("outcome", "gone"))] == 0
    assert samples["tuo_oldest_undelivered_seconds", (("recipient", "a.b"),)] == 0
    assert samples["tuo_dead_letters_total", (("topic", "never-read"),)] == 0
    assert ("tuo_deliveries", (("state", "no record held"),)) in samples


async def test_without_a_port_nothing_is_served() -> None:
    async def ready() -> Mapping[str, bool]:
        return {}

    await asyncio.wait_for(serve(Settings(observe_port=0), "relay", ready), 1)


async def test_a_database_that_is_back_answers_at_the_first_look(postgres: Databases) -> None:
    async with await open_pool(postgres.database_url, size=3, smallest=3) as pool:
        await pool.wait()
        async with await Connection.connect(postgres.database_url, autocommit=True) as other:
            await other.execute(_END_ALL)
        assert await answers(pool)


async def test_a_database_that_is_gone_does_not_answer(postgres: Databases, postgres_server: Postgres) -> None:
    database = postgres_server.create("gone")
    async with await open_pool(database, size=2) as pool:
        postgres_server.drop("gone")
        assert not await answers(pool)
