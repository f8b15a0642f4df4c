"""The API over real databases, spoken to as clients do."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest

from hub.cases import effective_content, read_versions
from hub.intake import add_client
from hub.kinds import BUILT_IN
from hub.settings import Settings
from hub.web.api import build
from hub.web.parts import Parts, open_parts
from schemas import SourceKind
from tests.conftest import Databases

EVENT, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


@dataclass(frozen=True, slots=True)
class Caller:
    """A client system with its key."""

    http: httpx.AsyncClient
    headers: dict[str, str]

    async def post(self, event: Any, media: str = EVENT, **headers: str) -> httpx.Response:
        body = event if isinstance(event, bytes) else orjson.dumps(event)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post("/v1/notifications", content=body, headers={**self.headers, "content-type": media, **named})


@dataclass(frozen=True, slots=True)
class Api:
    """The running application and what it stands on."""

    parts: Parts
    http: httpx.AsyncClient

    async def caller(self, name: str = "registrars", source_kind: SourceKind = SourceKind.REGISTRAR, per_second: int = 10_000) -> Caller:
        _, key = await add_client(self.parts.pool, name, source_kind, per_second=per_second)
        return Caller(self.http, {"authorization": f"Bearer {key}"})


async def told(api: Api) -> list[dict[str, Any]]:
    """The truth of each case there is."""
    async with api.parts.pool.connection() as connection:
        cases = await (await connection.execute("SELECT id, kind FROM cases ORDER BY id")).fetchall()
        return [effective_content(BUILT_IN[kind], (await read_versions(connection, api.parts.keys, case))[1]) for case, kind in cases]


@contextlib.asynccontextmanager
async def running_api(settings: Settings) -> AsyncIterator[Api]:
    """The application, answering without a socket."""
    async with open_parts(settings) as parts:
        transport = httpx.ASGITransport(build(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://hub", timeout=30) as http:
            yield Api(parts, http)


def make_settings(database_url: str, keystore_url: str) -> Settings:
    """What intake needs; Kafka is not among it."""
    secrets = {"master_key": "11" * 32, "blind_key": "22" * 32, "link_key": "33" * 32}
    return Settings.model_validate({"database_url": database_url, "keystore_url": keystore_url, **secrets})


@pytest.fixture
def intake_settings(postgres: Databases) -> Settings:
    return make_settings(postgres.database_url, postgres.keystore_url)


@pytest.fixture
async def api(intake_settings: Settings) -> AsyncIterator[Api]:
    async with running_api(intake_settings) as api:
        yield api
