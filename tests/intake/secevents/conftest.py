"""A sender of Security Event Tokens with keys of its own."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, RSAKey

from hub.intake import add_client
from hub.settings import Settings
from schemas import SourceKind
from tests.conftest import Databases
from tests.intake.conftest import Api, make_settings, running_api
from tests.intake.documented import example

HUB = "https://hub.example.org"
REGISTERED, UPDATED = (f"https://vocab.account.gov.uk/v1/death{what}" for what in ("Registered", "RegistrationUpdated"))


def claims(**others: Any) -> dict[str, Any]:
    """The documented claims, issued now; a claim that is None is left out."""
    whole = {**orjson.loads(example("Security Event Token", "json")), "iat": int(time.time()), **others}
    return {name: value for name, value in whole.items() if value is not None}


def death(**others: Any) -> dict[str, Any]:
    """The documented event with other members; one that is None is left out."""
    event = {**claims()["events"][REGISTERED], **others}
    return {name: value for name, value in event.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Sender:
    """Signs and pushes."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    key: ECKey

    def token(self, told: Any, key: Any = None, **header: Any) -> str:
        raw = told if isinstance(told, bytes) else orjson.dumps(told)
        protected = {"alg": "ES256", "typ": "secevent+jwt", **header}
        protected = {name: value for name, value in protected.items() if value is not None}
        return jws.serialize_compact(protected, raw, key or self.key, algorithms=[str(protected["alg"])])

    async def push(self, told: Any, **header: Any) -> httpx.Response:
        return await self.post(self.token(told, **header))

    async def post(self, token: str, media: str = "application/secevent+jwt") -> httpx.Response:
        return await self.http.post("/v1/security-events", content=token, headers={**self.headers, "content-type": media})


@pytest.fixture
def intake_settings(postgres: Databases) -> Settings:
    return make_settings(postgres.database_url, postgres.keystore_url).model_copy(update={"public_url": HUB})


@pytest.fixture
async def api(intake_settings: Settings) -> AsyncIterator[Api]:
    async with running_api(intake_settings) as api:
        yield api


async def sender_of(api: Api, name: str, kind: SourceKind = SourceKind.REGISTER, signs: bool = True) -> Sender:
    """A client with a key pair; the hub knows the public one if it `signs`."""
    key = ECKey.generate_key("P-256", parameters={"kid": f"{name}-1"})
    keys = KeySet([RSAKey.generate_key(2048, parameters={"kid": "old"}), key])
    jwks = orjson.dumps(keys.as_dict(private=False)).decode()
    _, api_key = await add_client(api.parts.pool, name, kind, per_second=1_000, jwks=jwks if signs else None)
    return Sender(api.http, {"authorization": f"Bearer {api_key}"}, key)


@pytest.fixture
async def sender(api: Api) -> Sender:
    return await sender_of(api, "life-events")
