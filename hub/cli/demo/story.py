"""What happens in the demo, once the hub is up: recipients get their keys, deaths come in, and every end is awaited."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from hub.cli.demo.account import Account, Ledger
from hub.cli.demo.cast import DOWN_FOR, Cast
from hub.cli.demo.deaths import informal_event, registered_event, write_extract
from hub.cli.demo.display import Display
from hub.cli.faults import Plain
from hub.intake import add_client, gro
from hub.privacy import Blind, Keys
from hub.settings import Settings
from hub.store import Pool, open_pool
from schemas import SourceKind

_LONGEST = 90.0  # seconds from the first death to the last answer
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
        answer = await _post(settings, pool)
        outage = asyncio.create_task(_end_outage(cast))
        account = await _watch(pool, Ledger(keys, cast.register), cases + 2, display, began + _LONGEST)
        await outage
    return Ending(account, time.monotonic() - began, answer["reference"], answer["links"]["page"])


async def _post(settings: Settings, pool: Pool) -> Mapping[str, Any]:
    """Two deaths through the API: one by a registrar, whose answer is returned, and one by a hospital."""
    _, registrar = await add_client(pool, "Registrars of Hertford", SourceKind.REGISTRAR)
    _, hospital = await add_client(pool, "Watford hospital", SourceKind.HOSPITAL)
    async with httpx.AsyncClient(base_url=settings.public_url, trust_env=False, timeout=30.0) as client:
        answers = [
            await client.post(
                "/v1/notifications",
                json=event,
                headers={"authorization": f"Bearer {key}", "content-type": "application/cloudevents+json"},
            )
            for event, key in ((registered_event(), registrar), (informal_event(), hospital))
        ]
    for answer in answers:
        if answer.status_code != httpx.codes.ACCEPTED:
            raise Plain(f"The hub did not take a death: {answer.status_code}, {answer.json().get('title', 'without saying why')}.")
    told: Mapping[str, Any] = answers[0].json()
    return told


async def _end_outage(cast: Cast) -> None:
    await asyncio.sleep(DOWN_FOR)
    await asyncio.to_thread(cast.bring_back)


async def _watch(pool: Pool, ledger: Ledger, expected: int, display: Display, until: float) -> Account:
    while True:
        async with pool.connection() as connection:
            account = await ledger.account(connection, expected)
        display.show(account)
        if account.is_whole or time.monotonic() > until:
            return account
        await asyncio.sleep(_EVERY)


def _key(settings: Settings, name: str) -> bytes:
    return bytes.fromhex(getattr(settings, name).get_secret_value())
