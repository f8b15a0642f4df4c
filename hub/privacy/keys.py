"""Data keys: fresh ones from a pool already committed to the key store, known ones by id, and their destruction.

A value is only ever sealed under a key that a crash cannot take away; so keys are made ahead of need, in blocks, and
committed before the first of them is handed out.
"""

import asyncio
import os
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence

from hub.privacy.sealing import BrokenKey, DataKey, MasterKey, SealBroken, WrongMasterKey
from hub.store import Pool

# How long a process may go on using a key that another has destroyed. Erasing waits for it.
KEY_CACHE_SECONDS = 5.0

_BLOCK = 512
_CACHED = 20_000

_MAKE = "INSERT INTO data_key (wrapped) SELECT * FROM unnest(%b::bytea[]) RETURNING id, wrapped"
_READ = "SELECT id, wrapped FROM data_key WHERE id = ANY(%b::bigint[])"
# A store that has keys was written under a master key already: should its proof be lost, any of them is one.
_PROVE_FIRST = "INSERT INTO master_key_check (wrapped) SELECT %b WHERE NOT EXISTS (SELECT FROM data_key) ON CONFLICT DO NOTHING"
_PROVE = "(SELECT wrapped FROM master_key_check) UNION ALL (SELECT wrapped FROM data_key ORDER BY id LIMIT 1) LIMIT 1"
_DESTROY = "DELETE FROM data_key WHERE id = ANY(%b::bigint[])"


class Keys:
    """The keys of one process. `keystore` is a pool of the key store; `master_key` is 32 bytes."""

    def __init__(self, keystore: Pool, master_key: bytes) -> None:
        self._keystore = keystore
        self._master = MasterKey(master_key)
        self._unused: deque[DataKey] = deque()
        self._refilling: asyncio.Task[None] | None = None
        self._cache: OrderedDict[int, tuple[float, DataKey]] = OrderedDict()
        self._proved = False

    async def prove(self) -> None:
        """Make sure that the master key is the one this store was written under. Raises `WrongMasterKey`.

        Done before anything is sealed or opened, and once: what is sealed under another is lost to all who have the right one.
        """
        if self._proved:
            return
        async with self._keystore.connection() as connection:
            await connection.execute(_PROVE_FIRST, (self._master.wrap(b""),))
            ((wrapped,),) = await (await connection.execute(_PROVE, binary=True)).fetchall()
        try:
            self._master.unwrap(wrapped)
        except SealBroken:
            raise WrongMasterKey("the key store was written under another master key: check TUO_MASTER_KEY") from None
        self._proved = True

    async def fresh(self, count: int) -> list[DataKey]:
        """`count` keys nothing was sealed under yet.

        Raises `WrongMasterKey`, and `psycopg.Error` where the key store is away and the pool is used up.
        """
        while len(self._unused) < count:
            await asyncio.shield(self._refill(count))
        if len(self._unused) - count < _BLOCK // 2:
            self._refill(0)
        return [self._unused.popleft() for _ in range(count)]

    async def get(self, ids: Iterable[int]) -> dict[int, DataKey]:
        """The keys of `ids`; one that is absent was destroyed, and what it sealed is gone.

        One that does not unwrap is a `BrokenKey`, and harms no other. Raises `WrongMasterKey`.
        """
        now = time.monotonic()
        found: dict[int, DataKey] = {}
        missing: set[int] = set()
        for id_ in ids:
            entry = self._cache.get(id_)
            if entry is not None and entry[0] > now:
                found[id_] = entry[1]
            else:
                missing.add(id_)
        if missing:
            found |= await self._read(list(missing), now)
        return found

    async def destroy(self, ids: Sequence[int]) -> None:
        """Delete keys for ever. Other processes may still hold them for `KEY_CACHE_SECONDS`."""
        async with self._keystore.connection() as connection:
            await connection.execute(_DESTROY, (list(ids),))
        for id_ in ids:
            self._cache.pop(id_, None)

    async def _read(self, ids: list[int], now: float) -> dict[int, DataKey]:
        await self.prove()
        # A key's time counts from before it was read: one destroyed meanwhile does not live longer for it.
        async with self._keystore.connection() as connection:
            rows = await (await connection.execute(_READ, (ids,), binary=True)).fetchall()
        read = {id_: self._unwrapped(id_, wrapped) for id_, wrapped in rows}
        for id_, key in read.items():
            self._cache[id_] = (now + KEY_CACHE_SECONDS, key)
            self._cache.move_to_end(id_)
        while len(self._cache) > _CACHED:
            self._cache.popitem(last=False)
        return read

    def _unwrapped(self, id_: int, wrapped: bytes) -> DataKey:
        try:
            return DataKey(id_, self._master.unwrap(wrapped))
        except SealBroken:
            return BrokenKey(id_)

    def _refill(self, wanted: int) -> "asyncio.Task[None]":
        if self._refilling is None or self._refilling.done():
            self._refilling = asyncio.create_task(self._make(max(_BLOCK, wanted)))
            # What went wrong is seen by whoever runs out of keys; a refill ahead of need may fail unseen.
            self._refilling.add_done_callback(lambda task: None if task.cancelled() else task.exception())
        return self._refilling

    async def _make(self, count: int) -> None:
        await self.prove()
        secrets = {self._master.wrap(secret): secret for secret in (os.urandom(32) for _ in range(count))}
        async with self._keystore.connection() as connection:
            rows = await (await connection.execute(_MAKE, (list(secrets),), binary=True)).fetchall()
        self._unused.extend(DataKey(id_, secrets[bytes(wrapped)]) for id_, wrapped in rows)
