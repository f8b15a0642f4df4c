"""A council's endpoint for the tests of the engine: real HTTP, whose behaviour a test sets, and a witness of what came."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType

import httptools
import orjson


@dataclass(slots=True)
class Arrival:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> str:
        return self.headers["webhook-id"]

    @property
    def version(self) -> int:
        return int(orjson.loads(self.body)["caseversion"])


Answer = tuple[int, dict[str, str], bytes] | None  # None: the connection is cut without a word
Behaviour = Callable[[Arrival], Awaitable[Answer]]


async def ok(_: Arrival) -> Answer:
    return 200, {}, b""


def always(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Behaviour:
    async def answer(_: Arrival) -> Answer:
        return status, headers or {}, body

    return answer


@dataclass
class Receiver:
    """`async with Receiver() as council:` listens on loopback; `arrivals` is what it read, in order."""

    behaviour: Behaviour = ok
    arrivals: list[Arrival] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _connections: set[asyncio.Transport] = field(default_factory=set)

    async def __aenter__(self) -> "Receiver":
        await self.up()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.down()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def messages(self) -> list[str]:
        return [arrival.message for arrival in self.arrivals]

    async def up(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in list(self._connections):
            transport.abort()
        while self._connections:
            await asyncio.wait_for(_turn(), 1)


async def _turn() -> None:
    """Let the loop close what was aborted."""
    loop = asyncio.get_running_loop()
    turned = loop.create_future()
    loop.call_soon(turned.set_result, None)
    await turned


class _Connection(asyncio.Protocol):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._parser = httptools.HttpRequestParser(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._path, self._body = "", b""
        self._headers: dict[str, str] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._receiver._connections.add(transport)

    def connection_lost(self, _: Exception | None) -> None:
        for task in self._tasks:
            task.cancel()
        self._receiver._connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._path, self._headers, self._body = "", {}, b""

    def on_url(self, url: bytes) -> None:
        self._path += url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode().lower()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        arrival = Arrival(self._path, self._headers, self._body)
        self._receiver.arrivals.append(arrival)
        task = asyncio.create_task(self._answer(arrival))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, arrival: Arrival) -> None:
        answer = await self._receiver.behaviour(arrival)
        if answer is None:
            self._transport.abort()
            return
        status, headers, body = answer
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._transport.write(f"HTTP/1.1 {status} X\r\n{lines}content-length: {len(body)}\r\n\r\n".encode() + body)
