"""What happens in the demo, once the hub is up: recipients get their keys, changes come in, and every end is awaited."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from hub.cli.demo.account import Account, Ledger
from hub.cli.demo.acts import Acts
from hub.cli.demo.cast import DOWN_FOR, Cast
from hub.cli.demo.deaths import write_extract
from hub.cli.demo.display import Display
from hub.intake import gro
from hub.privacy import Blind, Keys
from hub.settings import Settings
from hub.store import open_pool

_LONGEST = 90.0  # seconds from the first change to the last answer
_EVERY = 0.3


@dataclass(frozen=True, slots=True)
class Ending:
    """How it came out. `page` is the signed link to the status page of the registrar's case."""

    account: Account
    took: float
    reference: str
    page: str


async def tell(settings: Settings, cast: Cast, extract: Path, display: Display) -> Ending:
    """Play the whole of it; ends when all is accounted for, or when it has taken too long."""
    async with await open_pool(settings.database_url, size=3) as pool, await open_pool(settings.keystore_url, size=2) as keystore:
        keys = Keys(keystore, _key(settings, "master_key"))
        await asyncio.gather(cast.give_keys(pool), cast.open_topics(settings.kafka_bootstrap))
        began = time.monotonic()
        cases = write_extract(extract)
        await gro.take(pool, keys, Blind(_key(settings, "blind_key"), _key(settings, "link_key")), extract)
        async with httpx.AsyncClient(base_url=settings.public_url, trust_env=False, timeout=30.0) as http:
            acts = Acts(pool, http, cases)
            await acts.begin(cast.register)
            outage = asyncio.create_task(_end_outage(cast))
            account = await _watch(Ledger(keys, cast.register), acts, display, began + _LONGEST)
        await outage
    return Ending(account, time.monotonic() - began, acts.first["reference"], acts.first["links"]["page"])


async def _end_outage(cast: Cast) -> None:
    await asyncio.sleep(DOWN_FOR)
    await asyncio.to_thread(cast.bring_back)


async def _watch(ledger: Ledger, acts: Acts, display: Display, until: float) -> Account:
    while True:
        async with acts.pool.connection() as connection:
            account = await ledger.account(connection, acts.cases)
        display.show(account)
        is_over = await acts.go_on(account) and account.is_whole
        if is_over or time.monotonic() > until:
            return account
        await asyncio.sleep(_EVERY)


def _key(settings: Settings, name: str) -> bytes:
    return bytes.fromhex(getattr(settings, name).get_secret_value())
