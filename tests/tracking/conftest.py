"""A fresh ledger with deliveries in it, as the engine leaves them."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest_asyncio
from fastapi import FastAPI

from hub.cases import new_reference
from hub.policy import explain
from hub.privacy import Blind, Keys
from hub.store import open_pool
from hub.tracking import Directory
from hub.tracking.web import Office, routes
from schemas import State, message_id
from tests.conftest import Databases
from tests.delivery.planted import Ledger
from tests.tracking.desk import Desk, identify
from tests.tracking.register import small_register


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


@pytest_asyncio.fixture
async def desk(ledger: Deliveries) -> AsyncIterator[Desk]:
    blind = Blind(secrets.token_bytes(32), secrets.token_bytes(32))
    register = small_register()
    office = Office(ledger.pool, ledger.keys, blind, Directory(lambda: register, explain), "https://tell.example")
    app = FastAPI()
    app.include_router(routes(identify, lambda _: office))
    case_id, reference = await ledger.case(), new_reference()
    await ledger.version(case_id, 1)
    await ledger.run("INSERT INTO reference (code, case_id, client) VALUES (%s, %s, 'registrar')", reference, case_id)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://tell.example") as api:
        yield Desk(ledger, api, blind, case_id, reference)
