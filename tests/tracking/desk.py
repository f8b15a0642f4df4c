"""A desk at which tellers and recipients ask: one case with one reference, and the API over it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import orjson
from fastapi import HTTPException, Request

from hub.privacy import Blind
from schemas import State, message_id

if TYPE_CHECKING:
    from tests.tracking.conftest import Deliveries


@dataclass(frozen=True, slots=True)
class Caller:
    id: str
    recipient: str | None


CALLERS = {"registrar": Caller("registrar", None), "other": Caller("other", None), "council": Caller("council", "stevenage.council-tax")}


async def identify(request: Request) -> Caller:
    caller = CALLERS.get(request.headers.get("authorization", ""))
    if caller is None:
        raise HTTPException(401)
    return caller


@dataclass(frozen=True, slots=True)
class Desk:
    """A case with one reference, and the API over it."""

    ledger: "Deliveries"
    api: httpx.AsyncClient
    blind: Blind
    case_id: UUID
    reference: str

    async def delivery(self, recipient: str, state: State) -> UUID:
        lane = await self.ledger.lane(recipient)
        at = await self.ledger.one("SELECT recorded_at FROM case_version WHERE case_id = %s", self.case_id)
        id_ = await self.ledger.delivery(self.case_id, 1, at, lane, recipient)
        await self.ledger.stands(id_, state)
        await self.ledger.run("UPDATE delivery SET told = true WHERE id = %s", id_)
        return id_

    async def plan(self, *decisions: dict[str, str]) -> None:
        await self.ledger.run("INSERT INTO register (digest, content) VALUES ('', '[]')")
        await self.ledger.run(
            "INSERT INTO plan SELECT %s, 1, max(version), now(), %s::jsonb FROM register", self.case_id, orjson.dumps(decisions).decode()
        )

    async def told(self, caller: str = "registrar") -> httpx.Response:
        return await self.api.get(f"/v1/cases/{self.reference}", headers={"authorization": caller})

    async def page(self) -> str:
        response = await self.api.get(f"/status/{self.blind.sign_link(self.reference)}")
        assert response.status_code == 200
        return response.text


def allow(recipient: str) -> dict[str, str]:
    return {"recipient": recipient, "decision": "allowed", "rule": "agreement"}


async def answer(desk: Desk, delivery: UUID, body: dict[str, str], caller: str = "council") -> httpx.Response:
    path = f"/v1/messages/{message_id(delivery, 1)}/acknowledgement"
    return await desk.api.post(path, json=body, headers={"authorization": caller})
