"""What the API works with while it runs: pools, keys, and the one batcher of the process."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass

from hub.cases import Arrival, Recorded, Refusal, record
from hub.intake import Batcher, Clients, Doorbell
from hub.observe import Ready, answers, once_a_second
from hub.privacy import Blind, Keys
from hub.recipients import RegisterWatch
from hub.settings import Settings
from hub.store import Pool, open_pool

# Answering tellers and recipients. What a notification needs has connections of its own, to look up who is known, to seal
# and to record: no crowd at the other doors, identified or not, keeps one waiting. So have keys that were never seen: anybody
# can make up many.
_CONNECTIONS = 5
_KEY_CONNECTIONS = 2
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Parts:
    """Open as long as `open_parts` is. `pool`, `keystore` and `keys` are for answering."""

    settings: Settings
    pool: Pool
    keystore: Pool
    keys: Keys
    blind: Blind
    clients: Clients
    batcher: Batcher
    doorbell: Doorbell
    ready: Ready
    register: RegisterWatch


@contextlib.asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """Open everything; on leaving, what is being recorded is finished first. Raises `PoolTimeout` where a database is away."""
    async with contextlib.AsyncExitStack() as stack:
        pool = await _open(stack, settings.database_url, _CONNECTIONS)
        recording = await _open(stack, settings.database_url, 1)
        known = await _open(stack, settings.database_url, 1)
        strangers = await _open(stack, settings.database_url, 1)
        keystore = await _open(stack, settings.keystore_url, _KEY_CONNECTIONS)
        sealing = await _open(stack, settings.keystore_url, _KEY_CONNECTIONS)
        doorbell = await Doorbell.open(settings.database_url)
        stack.push_async_callback(doorbell.close)
        master = bytes.fromhex(settings.master_key.get_secret_value())
        keys, recording_keys = Keys(keystore, master), Keys(sealing, master)
        blind = Blind(bytes.fromhex(settings.blind_key.get_secret_value()), bytes.fromhex(settings.link_key.get_secret_value()))

        register = RegisterWatch(pool)

        async def record_all(arrivals: Sequence[Arrival]) -> list[Recorded | Refusal]:
            return await record(recording, recording_keys, blind, arrivals, register.current.kinds)

        async def ready() -> Mapping[str, bool]:  # Kafka is not among what intake needs
            return {"ledger": await answers(known), "keystore": await answers(sealing)}

        batcher = Batcher(record_all)
        stack.push_async_callback(batcher.close)
        yield Parts(settings, pool, keystore, keys, blind, Clients(known, strangers), batcher, doorbell, once_a_second(ready), register)


async def _open(stack: contextlib.AsyncExitStack, url: str, size: int) -> Pool:
    pool = await open_pool(url, size=size)
    stack.push_async_callback(pool.close)
    pool.timeout = _PATIENCE
    return pool
