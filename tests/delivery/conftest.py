"""A worker of the engine on a fresh ledger, in the test's own process, with a real webhook connector."""

import asyncio
import base64
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from connectors.contract import Connector, Endpoint
from connectors.webhook import WebhookConnector
from hub.delivery import Engine, Route
from hub.privacy import Keys
from hub.settings import Settings
from hub.store import open_pool
from tests.conftest import Databases
from tests.delivery.planted import Ledger

SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()
MASTER_KEY = secrets.token_bytes(32)

# A clock that a test can wait for: everything that takes minutes in production takes tenths of a second here.
QUICK: dict[str, Any] = {
    "retry_first": 0.1, "retry_longest": 0.4, "lease": 1.5, "lease_renewal": 0.2, "breaker_probe": 0.2, "breaker_probe_slow": 0.4,
    "send_timeout": 1.0, "allow_private_addresses": True,
}  # fmt: skip


@pytest_asyncio.fixture
async def ledger(postgres: Databases) -> AsyncIterator[Ledger]:
    pool, keystore = await open_pool(postgres.database_url), await open_pool(postgres.keystore_url)
    yield Ledger(pool, Keys(keystore, MASTER_KEY))
    await pool.close()
    await keystore.close()


class Workers:
    """Starts and ends workers of the engine; `routes` says how recipients are reached, and a test may change it."""

    def __init__(self, databases: Databases) -> None:
        self.databases = databases
        self.routes: dict[str, Route] = {}
        self.urgent: dict[str, Route] = {}

    def route(
        self,
        recipient: str,
        url: str,
        *,
        batch: int = 1,
        concurrency: int = 8,
        per_second: float | None = None,
        timeout: float = 1.0,
        urgent: bool = False,
    ) -> None:
        settings = {"url": url, "secrets": [SECRET], "batch": batch, "timeout": timeout}
        (self.urgent if urgent else self.routes)[recipient] = Route(Endpoint(recipient, settings), "webhook", concurrency, per_second)

    def route_of(self, recipient: str, urgent: bool) -> Route | None:
        return self.urgent.get(recipient) if urgent else self.routes.get(recipient)

    @asynccontextmanager
    async def running(
        self, name: str = "1", connector: Connector | None = None, master_key: bytes = MASTER_KEY, **changed: Any
    ) -> AsyncIterator[Engine]:
        settings = Settings.model_validate({**QUICK, **changed, "worker": name})
        pool, keystore = await open_pool(self.databases.database_url), await open_pool(self.databases.keystore_url)
        connector = connector or WebhookConnector(allow_private=True)
        engine = Engine(pool, Keys(keystore, master_key), settings, {"webhook": connector}, self.route_of)
        stop = asyncio.Event()
        task = asyncio.create_task(engine.run(stop))
        try:
            yield engine
        finally:
            stop.set()
            await asyncio.wait_for(task, 20)
            await connector.close()
            await pool.close()
            await keystore.close()


@pytest.fixture
def workers(postgres: Databases) -> Workers:
    return Workers(postgres)
