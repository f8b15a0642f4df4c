"""Role api: the hub's HTTP door. Mounts the routes of the rooms over what they work with."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping

import uvicorn
from fastapi import FastAPI, Request

from hub.intake import Answers, Client, Headers, NotificationsRoute, Rate, Reader, Receive, Scope, Send
from hub.intake.nhs import NhsEventsRoute
from hub.intake.secevents import SecurityEventsRoute
from hub.kinds import Kinds
from hub.observe import log, metrics, observing, setup_logging
from hub.observe import serve as serve_looks
from hub.policy import explain
from hub.recipients import Register
from hub.roles import Server, end_tasks, run_role
from hub.settings import Settings
from hub.tracking import Directory
from hub.tracking.web import Office
from hub.tracking.web import routes as tracking_routes
from hub.web.connections import HttpConnection, hang_up_late
from hub.web.kinds import kind_routes
from hub.web.openapi import describe
from hub.web.parts import Parts, open_parts
from hub.web.places import routes as place_routes
from hub.web.policy import policy_routes
from hub.web.problems import speak_in_problems
from hub.web.reference import refer

ROLE = "api"

App = Callable[[Scope, Receive, Send], Awaitable[None]]
Identified = Callable[[Request], Awaitable[Client]]


class Door:
    """Leads notifications and questions after health straight to where they go, past the layers of every other request.

    The metrics are not behind it, since it is open to the world: they are where every role's are, at a port of their own.
    """

    def __init__(self, direct: Mapping[str, App], rest: FastAPI) -> None:
        self._direct = direct
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._direct.get(scope["path"]) if scope["type"] == "http" else None
        await (app or self._rest)(scope, receive, send)


def routes(identified: Identified, office: Callable[[], Office], register: Callable[[], Register]) -> FastAPI:
    """What the API answers besides taking notifications, and what it says of itself."""
    app = FastAPI(title="Tell Us Once", version="1", docs_url=None, redoc_url=None)
    app.include_router(tracking_routes(identified, lambda _: office()))
    app.include_router(place_routes(identified, register))
    app.include_router(policy_routes(identified, register))
    app.include_router(kind_routes(register))
    describe(app)
    refer(app, "/docs")
    speak_in_problems(app)
    return app


def build(parts: Parts) -> Door:
    """The application over open parts."""
    url = parts.settings.public_url.rstrip("/")

    # The one place that finds out who calls: client credentials and client certificates belong here too.
    async def identify(headers: Headers) -> Client:
        return await parts.clients.identify(headers.get(b"authorization", b"").decode("latin-1"))

    rate = Rate()

    async def identified(request: Request) -> Client:
        client = await identify(dict(request.scope["headers"]))
        rate.take(client.id, client.per_second)
        return client

    def kinds() -> Kinds:
        return parts.register.current.kinds

    telling = parts.batcher, Answers(url, parts.blind, kinds), parts.doorbell
    direct: dict[str, App] = {
        "/v1/notifications": NotificationsRoute(identify, Reader(parts.settings, kinds), *telling),
        "/v1/nhs-events": NhsEventsRoute(identify, parts.settings, *telling),
        "/v1/security-events": SecurityEventsRoute(identify, parts.settings, *telling),
    }
    office = Office(parts.pool, parts.keys, parts.blind, Directory(lambda: parts.register.current, explain), url)
    metrics.start_at_zero(kinds=parts.register.current.kinds)
    health = observing(ROLE, parts.ready)
    app = routes(identified, lambda: office, lambda: parts.register.current)
    return Door({**direct, "/health/live": health, "/health/ready": health}, app)


def main(settings: Settings) -> None:
    """Run the role until SIGTERM or SIGINT. Raises `OSError` where the port is taken."""
    setup_logging(settings, ROLE)
    sock = socket.create_server((settings.host, settings.port), backlog=2048)
    run_role(lambda stopping: serve(settings, sock, stopping))


async def serve(settings: Settings, sock: socket.socket, stopping: asyncio.Event) -> None:
    """Answer on `sock` until `stopping` is set."""
    async with open_parts(settings) as parts:
        watching = asyncio.create_task(parts.register.run())
        looks = asyncio.create_task(serve_looks(settings, ROLE, parts.ready))
        config = uvicorn.Config(
            build(parts),
            http=HttpConnection,
            ws="none",
            loop="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=5,
        )
        server = Server(config)
        ending = asyncio.create_task(_end(server, stopping))
        hanging_up = asyncio.create_task(hang_up_late(server.server_state.connections))
        log.info("api.listening", port=sock.getsockname()[1], host=settings.host)
        await server.serve(sockets=[sock])
        await end_tasks((watching, looks, ending, hanging_up))


async def _end(server: uvicorn.Server, stopping: asyncio.Event) -> None:
    await stopping.wait()
    server.should_exit = True
