"""`/metrics`, `/health/live` and `/health/ready`: one small ASGI application, which every role serves at a port of its own."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

import orjson
import psycopg
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest

from hub.observe.logs import log
from hub.settings import Settings
from hub.store import Pool

# What a role needs, and whether it has it: {"ledger": True, "kafka": False}. Must answer within a second or two.
Ready = Callable[[], Awaitable[Mapping[str, bool]]]

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[_Scope, _Receive, _Send], Awaitable[None]]

_JSON = "application/json"


def observing(role: str, ready: Ready) -> App:
    """The three routes as an ASGI application."""

    async def answer(path: str) -> tuple[int, str, bytes]:
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest(REGISTRY)
        if path == "/health/live":
            return 200, _JSON, orjson.dumps({"role": role, "live": True})
        if path == "/health/ready":
            needs = dict(await ready())
            return 200 if all(needs.values()) else 503, _JSON, orjson.dumps({"role": role, "ready": all(needs.values()), "needs": needs})
        return 404, _JSON, orjson.dumps({"title": "Not found", "status": 404, "detail": "There is nothing at this address."})

    async def app(scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return
        status, kind, body = await answer(scope["path"])
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    return app


async def answers(pool: Pool) -> bool:
    """Whether the database behind `pool` answers within a second.

    A restart of it breaks every idle connection, each of which fails once: as many are tried as there can be, and a new one.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1):
            for _ in range(pool.max_size + 1):
                with contextlib.suppress(psycopg.Error):
                    async with pool.connection() as connection:
                        await connection.execute("SELECT 1")
                        return True
    return False


def once_a_second(ready: Ready) -> Ready:
    """`ready`, asked at most once a second and by one at a time, however many look."""
    found: Mapping[str, bool] = {}
    until = 0.0
    looking = asyncio.Lock()

    async def look() -> Mapping[str, bool]:
        nonlocal found, until
        async with looking:
            if time.monotonic() >= until:
                found = await ready()
                until = time.monotonic() + 1
            return found

    return look


async def ledger_answers(pool: Pool) -> dict[str, bool]:
    """What a role needs that works on the ledger alone."""
    return {"ledger": await answers(pool)}


async def serve(settings: Settings, role: str, ready: Ready) -> None:
    """Serve the routes at `settings.observe_host` and `observe_port` until cancelled; at once done where that is 0.

    A port already taken is logged and left: a role's work does not hang on being looked at.
    """
    if settings.observe_port == 0:
        return
    # A server, which commands that only log and count do without.
    import uvicorn

    from hub.roles import Server

    config = uvicorn.Config(
        observing(role, ready),
        host=settings.observe_host,
        port=settings.observe_port,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
    )
    server = Server(config)
    server.servers = []
    try:
        await server.serve()
    except SystemExit:
        log.error("observe.port-taken", port=settings.observe_port, host=settings.observe_host)
    finally:
        for listening in server.servers:
            listening.close()
