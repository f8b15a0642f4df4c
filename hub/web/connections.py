"""How much a peer may keep the hub waiting, known or not: bytes before a body, seconds, and connections at once."""

import asyncio
import math
import resource
from collections.abc import Collection
from http import HTTPStatus
from typing import Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hub.problems import PROBLEM_JSON, Problem

HEAD_BYTES = 64 * 1024
_HEAD_SECONDS = 10.0
_BODY_SECONDS = 60.0
_ANSWER_SECONDS = 60.0  # until the peer has taken it
_LOOK_SECONDS = 1.0
_PIPELINED = 16  # requests that wait on one connection while another is answered
# Half of the files this process may have open: databases need some too.
_CONNECTIONS = min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)

_TOO_LARGE = Problem(431, "too-large", "The head of the request is too large", f"Accepted: at most {HEAD_BYTES} bytes.")
# With a request to speak another protocol the parser takes a message to end at its head: the body would be lost.
_FRAMING = {b"content-length", b"transfer-encoding"}
_NO_UPGRADE = Problem(400, "malformed", "No other protocol is spoken here", "Send it again without the header Upgrade, as HTTP/1.1.")
_TOO_SLOW = Problem(408, "too-slow", "The request took too long to arrive", "Nothing was accepted. Send it again.")


class _Refused(Exception):
    """Ends the reading of what has come."""


class HttpConnection(HttpToolsProtocol):
    """uvicorn's connection, which by itself waits for ever for a head of any size."""

    head_seconds = _HEAD_SECONDS
    body_seconds = _BODY_SECONDS
    most = _CONNECTIONS

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._unread = 0  # bytes fed since a head was complete or a body grew
        self._since = math.inf  # since when the hub waits for the peer; inf while it is answering
        self._late = math.inf

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(self.head_seconds)
        if len(self.connections) > self.most:
            # Who has kept the hub waiting longest makes room: to hold places is then no way to keep others out.
            min((one for one in self.connections if isinstance(one, HttpConnection)), key=lambda one: one._since).transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._unread > HEAD_BYTES:
            self._refuse(_TOO_LARGE)
            return
        self._unread += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= _PIPELINED:  # each takes memory
            raise _Refused
        super().on_message_begin()
        self._wait(self.head_seconds)

    def on_headers_complete(self) -> None:
        self._unread = 0
        if self.parser.should_upgrade() and any(name in _FRAMING for name, _ in self.headers):
            self._refuse(_NO_UPGRADE)
            raise _Refused
        self._wait(self.body_seconds)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._wait(_ANSWER_SECONDS)
        if not self.cycle.response_complete:
            self._since = math.inf

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait(self.timeout_keep_alive)

    def hang_up_if_late(self, now: float) -> None:
        """Close where the peer does not send or take in time what it began; the second time, without its taking it."""
        if now <= self._late:
            return
        if self.transport.is_closing():
            self.transport.abort()
        else:
            self._refuse(_TOO_SLOW)

    def send_400_response(self, msg: str) -> None:
        """Say that what came is no HTTP. What came before it on this connection may be in hand: the 400 would be taken for its answer."""
        if self._nothing_is_answered() and not self.transport.is_closing():
            super().send_400_response(msg)
        else:
            self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._since = self.loop.time()
        self._late = self._since + seconds

    def _refuse(self, problem: Problem) -> None:
        if self._nothing_is_answered():  # else what is written would be taken for the answer on its way
            self.transport.write(_written(problem))
            if self.cycle is not None:
                self.cycle.disconnected = True  # and the application would answer once more
                self.cycle.message_event.set()
        self.transport.close()

    def _nothing_is_answered(self) -> bool:
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return True
        return cycle.more_body and not cycle.response_started and not self.pipeline


async def hang_up_late(connections: Collection[object]) -> None:
    """Look after `connections`, a server's own collection, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        for connection in list(connections):
            if isinstance(connection, HttpConnection):
                connection.hang_up_if_late(loop.time())


def _written(problem: Problem) -> bytes:
    body = orjson.dumps(problem.document())
    head = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n"
    return head.encode() + b"content-type: " + PROBLEM_JSON + b"\r\n\r\n" + body
