"""Which kinds of change the hub takes, and what a notification of each may say: those of its own register too."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import orjson
from fastapi import APIRouter, Response

from hub.kinds import BUILT_IN
from hub.problems import Problem
from hub.recipients import Register
from schemas import Notification, event_type
from schemas.words import Model, json_schema


class KindListed(Model):
    """A kind of change: what its notifications are called (`uk.tellusonce.<kind>.v1`), and what people call it."""

    kind: str
    title: str
    own: bool


class KindsListed(Model):
    """`own`: of this hub's register, and of no other hub."""

    kinds: tuple[KindListed, ...]


def kind_routes(register: Callable[[], Register]) -> APIRouter:
    """A router over the register in use. No key is asked for: what may be told is no secret, and says nothing of anybody."""
    router = APIRouter()

    @router.get("/v1/kinds", tags=["tellers"], summary="List the kinds of change", response_model=KindsListed)
    async def listed() -> KindsListed:
        """Read which kinds of change this hub takes, those of its own among them."""
        known = register().kinds
        return KindsListed(kinds=tuple(KindListed(kind=name, title=known[name].title, own=name not in BUILT_IN) for name in sorted(known)))

    @router.get("/v1/kinds/{kind}", tags=["tellers"], summary="Read what a notification of a kind may say", response_model=dict[str, Any])
    async def schema(kind: str) -> Response:
        """Read the JSON Schema (2020-12) of the CloudEvent that tells of a kind."""
        known = register().kinds
        if kind not in known:
            raise Problem(404, "no-such-kind", "This hub does not know the kind", "Read the kinds it knows at /v1/kinds.")
        return Response(_schema(known.notifications.models[event_type(kind)]), media_type="application/schema+json")

    return router


@lru_cache(maxsize=64)
def _schema(model: type[Notification]) -> bytes:
    return orjson.dumps(json_schema(model))
