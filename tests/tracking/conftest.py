"""A fresh ledger with deliveries in it, as the engine leaves them."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest_asyncio

from hub.privacy import Keys
from hub.store import open_pool
from schemas import State, message_id
from tests.conftest import Databases
from tests.delivery.planted import Ledger


@dataclass(frozen=True, slots=True)
class Planted:
    """A delivery and the case it belongs to."""

    id: UUID
    case_id: UUID
    recipient: str

    @property
    def message(self) -> str:
        return message_id(self.id, 1)


class Deliveries(Ledger):
    """Plants deliveries in any state."""

    async def planted(self, recipient: str = "stevenage-council-tax", *, state: State = State.ACCEPTED, attempted: bool = True) -> Planted:
        lanes = await self.all("SELECT id FROM lane WHERE recipient = %s", recipient)
        lane = int(str(lanes[0][0])) if lanes else await self.lane(recipient)
        case_id = await self.case()
        id_ = await self.delivery(case_id, 1, await self.version(case_id, 1), lane, recipient)
        await self.stands(id_, state, attempted)
        return Planted(id_, case_id, recipient)

    async def stands(self, delivery: UUID, state: State, attempted: bool = True, message: int = 1) -> None:
        await self.run(
            "UPDATE delivery SET state = %s, message = %s, first_attempt_at = CASE WHEN %s THEN now() END WHERE id = %s",
            int(state),
            message,
            attempted,
            delivery,
        )

    async def state(self, delivery: UUID) -> State:
        return (await self.states([delivery]))[0]


@pytest_asyncio.fixture
async def ledger(postgres: Databases) -> AsyncIterator[Deliveries]:
    pool, keystore = await open_pool(postgres.database_url), await open_pool(postgres.keystore_url, size=2)
    yield Deliveries(pool, Keys(keystore, secrets.token_bytes(32)))
    await pool.close()
    await keystore.close()
