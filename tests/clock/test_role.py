"""The role `clock` at work: it leads, does its duties, and frees the lock when it ends."""

import asyncio
import secrets

import httpx

from hub.clock import clock
from hub.clock.leader import leading
from hub.local import free_port
from hub.privacy import Keys
from hub.settings import Settings
from hub.store import open_pool
from schemas import State
from tests.tracking.conftest import Deliveries
from tests.waiting import until


async def test_a_clock_leads_folds_tallies_and_shows_gauges_until_it_is_stopped(settings: Settings) -> None:
    settings = settings.model_copy(update={"clock_interval": 0.1, "observe_port": free_port()})
    stopping = asyncio.Event()
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url, size=2) as keystore:
        ledger = Deliveries(pool, Keys(keystore, secrets.token_bytes(32)))
        await ledger.planted(state=State.QUEUED)
        running = asyncio.create_task(clock(settings, stopping))
        try:
            await until(lambda: _folded(ledger))
            async with httpx.AsyncClient(trust_env=False) as client:
                url = f"http://127.0.0.1:{settings.observe_port}"
                assert (await client.get(f"{url}/health/ready")).status_code == 200
                await until(lambda: _shows(client, f"{url}/metrics", 'tuo_deliveries{state="queued"} 1.0'))
            async with leading(settings.database_url) as another:
                assert another is None
        finally:
            stopping.set()
            await asyncio.wait_for(running, 15)
        async with leading(settings.database_url) as another:
            assert another is not None


async def _folded(ledger: Deliveries) -> bool:
    return await ledger.all("SELECT state, count FROM tally") == [(State.QUEUED, 1)]


async def _shows(client: httpx.AsyncClient, url: str, line: str) -> bool:
    return line in (await client.get(url)).text
