"""Who calls is found out for those the hub knows, however many make up keys meanwhile."""

import asyncio
import secrets

import pytest
from psycopg_pool import PoolTimeout

from hub.intake import Clients, add_client, revoke_client
from hub.problems import Problem
from hub.store import open_pool
from schemas import SourceKind
from tests.conftest import Databases


def made_up() -> str:
    return f"Bearer tuo_{secrets.token_urlsafe(32)}"


async def test_a_crowd_of_made_up_keys_keeps_nobody_waiting_whom_the_hub_knows(
    postgres: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.intake.clients.CLIENT_CACHE_SECONDS", -1.0)  # each call looks
    async with await open_pool(postgres.database_url, size=1) as pool, await open_pool(postgres.database_url, size=1) as strangers:
        strangers.timeout = 0.2
        clients = Clients(pool, strangers)
        _, key = await add_client(pool, "registrars", SourceKind.REGISTRAR)
        await clients.identify(f"Bearer {key}")
        async with strangers.connection():  # what others' looks keep busy
            assert (await clients.identify(f"Bearer {key}")).name == "registrars"
            with pytest.raises(PoolTimeout):
                await clients.identify(made_up())


async def test_calls_that_come_together_look_once(postgres: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.intake.clients.CLIENT_CACHE_SECONDS", 60.0)
    async with await open_pool(postgres.database_url, size=1) as pool:
        clients = Clients(pool, pool)
        _, key = await add_client(pool, "registrars", SourceKind.REGISTRAR)
        found = await asyncio.gather(*(clients.identify(f"Bearer {key}") for _ in range(20)))
        assert all(one is found[0] for one in found)


async def test_made_up_keys_do_not_push_out_known_ones(postgres: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.intake.clients.CLIENT_CACHE_SECONDS", 60.0)
    monkeypatch.setattr("hub.intake.clients._STRANGE_KEYS", 5)
    async with await open_pool(postgres.database_url, size=1) as pool:
        clients = Clients(pool, pool)
        _, key = await add_client(pool, "registrars", SourceKind.REGISTRAR)
        await clients.identify(f"Bearer {key}")
        told = await asyncio.gather(*(clients.identify(made_up()) for _ in range(20)), return_exceptions=True)
        assert all(isinstance(one, Problem) and one.status == 401 for one in told)
        await pool.close()
        assert (await clients.identify(f"Bearer {key}")).name == "registrars"


async def test_a_revoked_key_is_soon_unknown(postgres: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.intake.clients.CLIENT_CACHE_SECONDS", -1.0)
    async with await open_pool(postgres.database_url, size=1) as pool:
        clients = Clients(pool, pool)
        id_, key = await add_client(pool, "registrars", SourceKind.REGISTRAR)
        await clients.identify(f"Bearer {key}")
        assert await revoke_client(pool, id_)
        with pytest.raises(Problem):
            await clients.identify(f"Bearer {key}")
