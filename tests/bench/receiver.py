"""The witness: eight recipients in one process, each on a port of its own, that answer at once and write down what came.

It never parses JSON for a single event: id from the header, version and marker by a scan, content as a hash. A batch is
parsed once, about a microsecond an event. Commands come as lines on standard input, each answered by a line of JSON:

    mode N|all MODE     how recipient N behaves from now on (`arrivals.Mode`)
    delay SECONDS       how long a slow one takes
    count               how many messages came, how many deaths were told to how many, and when the last
    forget              start a new record
    dump PATH           write the record (`arrivals.load`)
"""

import asyncio
import re
import sys
import time
from hashlib import blake2b
from pathlib import Path
from typing import Any, cast

import httptools
import orjson
import uvloop

from tests.bench.arrivals import Mode, save

RECIPIENTS = 8
_VERSION = re.compile(rb'"caseversion":(\d+)')
_MARK = re.compile(rb'"N(\d{6})E(\d+)"')  # tests.bench.events.mark
_BATCH = b"application/cloudevents-batch+json"


def _answer(status: bytes, body: bytes = b"", extra: bytes = b"") -> bytes:
    return b"HTTP/1.1 %b\r\ncontent-type: application/json\r\n%bcontent-length: %d\r\n\r\n%b" % (status, extra, len(body), body)


_ANSWERS = {
    Mode.UP: _answer(b"200 OK"),
    Mode.SLOW: _answer(b"200 OK"),
    Mode.GARBAGE: b"\x15\x03\x01 this is not HTTP\r\n\r\n",
    Mode.HALF: b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{",
    Mode.ERROR: _answer(b"500 Internal Server Error"),
    Mode.BUSY: _answer(b"503 Service Unavailable", extra=b"retry-after: 1\r\n"),
    Mode.REJECT: _answer(b"422 Unprocessable Content", b'{"title":"not as agreed"}'),
    Mode.GONE: _answer(b"410 Gone"),
}
_BREAKS_OFF = frozenset({Mode.GARBAGE, Mode.HALF})


class Witness:
    """The record, and how each recipient behaves."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, int, str, int, int, int, str, str]] = []
        self.told: set[int] = set()  # which death at which recipient
        self.modes = [Mode.UP] * (RECIPIENTS + 1)
        self.delay = 0.5
        self.desks: set[Desk] = set()

    def note(self, recipient: int, message: str, body: bytes, mode: Mode) -> None:
        version = _VERSION.search(body)
        mark = _MARK.search(body)
        if mark:
            self.told.add(int(mark[1]) * 10 + recipient)
        self.rows.append(
            (
                time.monotonic(),
                recipient,
                message,
                int(version[1]) if version else -1,
                int(mark[1]) if mark else -1,
                int(mark[2]) if mark else -1,
                blake2b(body, digest_size=8).hexdigest(),
                mode,
            )
        )

    def take_batch(self, recipient: int, body: bytes, mode: Mode) -> bytes:
        """Note every event of a batch; the answer names each, or the first half of them."""
        events = orjson.loads(body)
        for event in events:
            self.note(recipient, event["id"], orjson.dumps(event), mode)
        named = events[: len(events) // 2] if mode is Mode.HALF else events
        return _answer(b"200 OK", orjson.dumps({"items": [{"id": event["id"], "status": 200} for event in named]}))


class Desk(asyncio.Protocol):
    """One connection to one recipient."""

    __slots__ = ("batch", "body", "message", "parser", "recipient", "transport", "witness")

    transport: asyncio.Transport

    def __init__(self, witness: Witness, recipient: int) -> None:
        self.witness = witness
        self.recipient = recipient
        self.parser = httptools.HttpRequestParser(self)
        self.message = b""
        self.batch = False
        self.body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.witness.desks.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.witness.desks.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == 10 and name.lower() == b"webhook-id":
            self.message = value
        elif len(name) == 12 and name.lower() == b"content-type":
            self.batch = value.startswith(_BATCH)

    def on_body(self, part: bytes) -> None:
        self.body.append(part)

    def on_message_complete(self) -> None:
        witness, body = self.witness, b"".join(self.body)
        self.body.clear()
        mode = witness.modes[self.recipient]
        if mode is Mode.REFUSE:
            self.transport.abort()
            return
        answer = _ANSWERS.get(mode, b"")
        if self.batch:
            named = witness.take_batch(self.recipient, body, mode)
            answer = named if mode in (Mode.UP, Mode.SLOW, Mode.HALF) else answer
        else:
            witness.note(self.recipient, self.message.decode("ascii"), body, mode)
        if mode is Mode.UP:
            self.transport.write(answer)
        elif mode is Mode.RESET:
            self.transport.abort()
        elif mode is Mode.SLOW:
            asyncio.get_running_loop().call_later(witness.delay, self.transport.write, answer)
        elif mode is not Mode.SILENT:
            self.transport.write(answer)
            if mode in _BREAKS_OFF and not self.batch:
                self.transport.close()


class Receiver:
    """The process: listening sockets and the commands that govern them."""

    def __init__(self, ports: list[int]) -> None:
        self.ports = ports
        self.witness = Witness()
        self.servers: dict[int, asyncio.Server] = {}

    async def listen(self, recipient: int) -> None:
        if recipient in self.servers:
            return
        loop = asyncio.get_running_loop()
        self.servers[recipient] = await loop.create_server(
            lambda: Desk(self.witness, recipient), "127.0.0.1", self.ports[recipient - 1], backlog=512, reuse_address=True
        )

    async def obey(self, line: str) -> dict[str, Any]:
        match line.split():
            case ["mode", which, mode]:
                for recipient in range(1, RECIPIENTS + 1) if which == "all" else [int(which)]:
                    await self.set_mode(recipient, Mode(mode))
            case ["delay", seconds]:
                self.witness.delay = float(seconds)
            case ["forget"]:
                self.witness.rows, self.witness.told = [], set()
            case ["dump", path]:
                save(Path(path), self.witness.rows)
            case ["count"]:
                pass
            case _:
                return {"error": f"unknown command: {line.strip()}"}
        rows = self.witness.rows
        return {"count": len(rows), "told": len(self.witness.told), "last": rows[-1][0] if rows else 0.0}

    async def set_mode(self, recipient: int, mode: Mode) -> None:
        before, self.witness.modes[recipient] = self.witness.modes[recipient], mode
        if mode is not Mode.REFUSE:
            await self.listen(recipient)
        elif server := self.servers.pop(recipient, None):
            server.close()
        if mode is Mode.REFUSE or before is Mode.SILENT:
            for desk in [d for d in self.witness.desks if d.recipient == recipient]:
                desk.transport.abort()

    async def serve(self) -> None:
        for recipient in range(1, RECIPIENTS + 1):
            await self.listen(recipient)
        commands = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
        print(orjson.dumps({"ready": self.ports}).decode(), flush=True)
        while line := await commands.readline():
            print(orjson.dumps(await self.obey(line.decode())).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(Receiver([int(port) for port in sys.argv[1:]]).serve())
