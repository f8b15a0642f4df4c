"""A ledger with a key store behind it, as the rooms that record cases use it."""

import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from hub.cases import Arrival, Recorded, Refusal, record
from hub.privacy import Blind, Keys
from hub.store import Pool, open_pool
from tests.conftest import Databases


@dataclass(frozen=True, slots=True)
class Ledger:
    """What `record` needs, with a way to look at the rows it left."""

    pool: Pool
    keystore: Pool
    keys: Keys
    blind: Blind

    async def tell(self, *arrivals: Arrival) -> list[Recorded | Refusal]:
        return await record(self.pool, self.keys, self.blind, arrivals)

    async def tell_one(self, arrival: Arrival) -> Recorded:
        (answer,) = await self.tell(arrival)
        assert isinstance(answer, Recorded)
        return answer

    async def rows(self, query: str, *values: Any) -> Sequence[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(query, values)).fetchall()


@pytest.fixture
async def ledger(postgres: Databases) -> AsyncIterator[Ledger]:
    pool, keystore = await open_pool(postgres.database_url, size=8), await open_pool(postgres.keystore_url, size=8)
    yield Ledger(pool, keystore, Keys(keystore, os.urandom(32)), Blind(os.urandom(32), os.urandom(32)))
    await pool.close()
    await keystore.close()
