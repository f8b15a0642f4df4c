"""What the API works with while it runs: pools, keys, and the one batcher of the process."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from hub.cases import Arrival, Recorded, Refusal, record
from hub.intake import Batcher, Clients, Doorbell
from hub.observe import answers
from hub.privacy import Blind, Keys
from hub.settings import Settings
from hub.store import Pool, open_pool

# Looking up clients and answering tellers and recipients. What records has a connection of its own: no crowd at the other
# doors, identified or not, keeps a notification waiting. So have keys that were never seen: anybody can make up many.
_CONNECTIONS = 5
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Parts:
    """Open as long as `open_parts` is."""

    settings: Settings
    pool: Pool
    keystore: Pool
    keys: Keys
    blind: Blind
    clients: Clients
    batcher: Batcher
    doorbell: Doorbell

    async def ready(self) -> Mapping[str, bool]:
        """Kafka is not among what intake needs."""
        return {"ledger": await answers(self.pool), "keystore": await answers(self.keystore)}


@contextlib.asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open everything; on leaving, what is being recorded is finished first. Raises `PoolTimeout` where a database is away."""
    async with contextlib.AsyncExitStack() as stack:
        pool = await open_pool(settings.database_url, size=_CONNECTIONS)
        stack.push_async_callback(pool.close)
        recording = await open_pool(settings.database_url, size=1)
        stack.push_async_callback(recording.close)
        keystore = await open_pool(settings.keystore_url, size=2)
        stack.push_async_callback(keystore.close)
        strangers = await open_pool(settings.database_url, size=1)
        stack.push_async_callback(strangers.close)
        pool.timeout = recording.timeout = keystore.timeout = strangers.timeout = _PATIENCE
        doorbell = await Doorbell.open(settings.database_url)
        stack.push_async_callback(doorbell.close)
        keys = Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value()))
        blind = Blind(bytes.fromhex(settings.blind_key.get_secret_value()), bytes.fromhex(settings.link_key.get_secret_value()))

        async def record_all(arrivals: Sequence[Arrival]) -> list[Recorded | Refusal]:
            return await record(recording, keys, blind, arrivals)

        batcher = Batcher(record_all)
        stack.push_async_callback(batcher.close)
        yield Parts(settings, pool, keystore, keys, blind, Clients(pool, strangers), batcher, doorbell)
