"""One simulated webhook recipient, on a port of its own, so that it can be down alone."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from connectors.kit.signature import Verifier
from connectors.kit.simulator.behaviour import Behaviour, Wire
from connectors.kit.simulator.http import HttpConnection, Request, answer
from connectors.kit.simulator.witness import Arrival, Witness

_OK = answer(200)
_REFUSED = answer(400)
_GARBAGE = b"\x15\x03\x01\x00\x02\x02\x28 this is no HTTP\r\n\r\n"
_TORN = b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{"
_FLOOD = b'{"items":[' + b'{"id":"x","status":200},' * 4000
_FLOODS = 400
_BATCH = b"application/cloudevents-batch+json"

Take = Callable[["WebhookRecipient", Arrival], None]


class WebhookRecipient:
    """Listens on `host`; `url` is where the hub sends. `take` is told of each message it keeps."""

    def __init__(self, name: str, secrets: Iterable[str], behaviour: Behaviour, witness: Witness, take: Take, host: str, port: int) -> None:
        self.name = name
        self.behaviour = behaviour
        self._verifier = Verifier(secrets)
        self._witness = witness
        self._take = take
        self._connections: set[HttpConnection] = set()
        self._server: asyncio.Server | None = None
        # Bound and not listening, the port refuses and yet is nobody else's.
        self._socket = _bound(host, port)
        self._address: tuple[str, int] = self._socket.getsockname()[:2]

    @property
    def url(self) -> str:
        host, port = self._address
        return f"http://{host}:{port}/r/{self.name}"

    async def behave(self, behaviour: Behaviour) -> None:
        """From now on so."""
        before, self.behaviour = self.behaviour.wire, behaviour
        if behaviour.wire is Wire.DOWN:
            await self.close()
            self._socket = _bound(*self._address)
            return
        if self._server is None:
            self._server = await asyncio.get_running_loop().create_server(
                lambda: HttpConnection(self._receive, self._connections), sock=self._socket, backlog=512
            )
        if before is Wire.SILENT:
            self._reset()

    async def close(self) -> None:
        """Stop listening, and reset what is open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._socket.close()
        self._reset()

    def _reset(self) -> None:
        for connection in list(self._connections):
            connection.transport.abort()

    def _receive(self, request: Request, connection: HttpConnection) -> None:
        at, body, wire = time.time(), request.body, self.behaviour.wire
        message_id = request.header(b"webhook-id")
        signed = self._verifier.accepts(message_id, request.header(b"webhook-timestamp"), request.header(b"webhook-signature"), body)
        in_batch = request.headers.get(b"content-type", b"").startswith(_BATCH)
        try:
            content = orjson.loads(body)
            events: list[dict[str, Any]] = content if in_batch else [content]
            batch = message_id if in_batch else None
            arrivals = [self._witness.note(at, self.name, event, batch=batch, signed=signed, wire=wire.value) for event in events]
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, IndexError, AttributeError):
            connection.send(_REFUSED)
            return
        kept = arrivals[: len(arrivals) // 2] if wire is Wire.HALF and in_batch else arrivals
        if wire.takes and signed:
            for arrival in kept:
                self._take(self, arrival)
        self._respond(connection, kept if in_batch else None, signed)

    def _respond(self, connection: HttpConnection, named: list[Arrival] | None, signed: bool) -> None:
        behaviour = self.behaviour
        if not signed and behaviour.wire.takes:
            connection.send(answer(401))
        elif behaviour.wire.takes:
            said = _OK if named is None else answer(200, orjson.dumps({"items": [{"id": a.message, "status": 200} for a in named]}))
            if behaviour.wire is Wire.SLOW:
                asyncio.get_running_loop().call_later(behaviour.seconds, connection.send, said)
            else:
                connection.send(said)
        elif behaviour.wire is Wire.STATUS:
            after = {} if behaviour.retry_after is None else {"retry-after": str(behaviour.retry_after)}
            connection.send(answer(behaviour.status, headers=after))
        elif behaviour.wire is Wire.REDIRECT:
            connection.send(answer(307, headers={"location": behaviour.location or self.url}))
        elif behaviour.wire is Wire.RESET:
            connection.transport.abort()
        elif behaviour.wire is Wire.FLOOD:
            connection.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + _FLOOD * _FLOODS)
        elif behaviour.wire is not Wire.SILENT:
            connection.send(_GARBAGE if behaviour.wire is Wire.GARBAGE else _TORN)
            connection.transport.close()


def _bound(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener
