"""One HTTP/1.1 connection to a recipient: a request, its answer, and the next (RFC 9112). Parsing is httptools'."""

import asyncio
from typing import NamedTuple, cast

import httptools

_MOST = 128 * 1024  # bytes of one answer with its headers: of a single one nothing is used, a batch's may name 500 items
_INFORMATIONAL = 200  # statuses below say that an answer is to come


class Answer(NamedTuple):
    """A recipient's answer, from when its status and headers are read; `whole` once its body is, too."""

    status: int
    retry_after: str | None
    body: bytes
    whole: bool


class Failed(NamedTuple):
    """There was no answer. `unsent`: no byte of the request was written."""

    cause: str
    unsent: bool = False


class Exchange(asyncio.Protocol):
    """A connection. `is_open` until it broke, said what nobody asked for, or was closed."""

    __slots__ = (
        "_body", "_complete", "_framed", "_headed", "_loop", "_parser", "_read", "_retry_after", "_status", "_transport", "_waiter",
        "is_open",
    )  # fmt: skip

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[Answer | Failed] | None = None
        self.is_open = False
        self._begin()

    def _begin(self) -> None:
        self._read = 0
        self._body: list[bytes] = []
        self._retry_after: str | None = None
        self._headed = self._complete = self._framed = False

    async def post(self, request: bytes, within: float) -> Answer | Failed:
        """Write `request` and wait `within` seconds for all of its answer. One at a time."""
        self._begin()
        self._waiter = self._loop.create_future()
        late = self._loop.call_later(within, self._end, "timeout")
        self._transport.write(request)
        try:
            return await self._waiter
        finally:
            late.cancel()
            if self._waiter is not None:  # whoever waited was cancelled: the answer is to nobody
                self.close()

    def close(self) -> None:
        """Break it off."""
        self.is_open = False
        self._waiter = None
        self._transport.abort()

    def _end(self, cause: str) -> None:
        """There will be no more: what was read by now is the answer, if its status is."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(self._answer() if self._headed else Failed(cause))
        self.close()

    def _answer(self) -> Answer:
        return Answer(self._status, self._retry_after, b"".join(self._body), self._complete)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.is_open = True

    def connection_lost(self, exc: Exception | None) -> None:
        # A body without a length ends with its connection.
        self._complete = self._complete or (exc is None and self._headed and not self._framed)
        self._end("connection-lost")

    def data_received(self, data: bytes) -> None:
        waiter = self._waiter
        if waiter is None:
            self.close()
            return
        self._read += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._end("connection-lost")
            return
        if self._complete:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(self._answer())
            if not self.is_open:
                self.close()
        elif self._read > _MOST:
            self._end("answer-too-long")

    # httptools

    def on_message_begin(self) -> None:
        if self._complete:  # a second answer to one request would be taken for that of the next
            self.is_open = False

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in (b"content-length", b"transfer-encoding"):
            self._framed = True
        elif name == b"retry-after":
            self._retry_after = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        if not self._complete and (status := self._parser.get_status_code()) >= _INFORMATIONAL:
            self._status = status
            self._headed = True

    def on_body(self, part: bytes) -> None:
        if not self._complete:
            self._body.append(part)

    def on_message_complete(self) -> None:
        if self._headed and not self._complete:
            self._complete = True
            self.is_open = self._parser.should_keep_alive()
