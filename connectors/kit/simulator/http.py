"""A small HTTP/1.1 server side on asyncio and httptools: a request costs little, and answers can be as wrong as wanted."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import cast

import httptools

_MOST = 16 << 20  # bytes of a request's body

Handler = Callable[["Request", "HttpConnection"], None]


class Request:
    """One request, whole. Header names are lower-case."""

    __slots__ = ("body", "headers", "method", "target")

    def __init__(self, method: str, target: str, headers: dict[bytes, bytes], body: bytes) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body

    def header(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")


class HttpConnection(asyncio.Protocol):
    """One connection; `handler` is called with each request and answers through `send`, now or later."""

    def __init__(self, handler: Handler, open_ones: "set[HttpConnection]") -> None:
        self.transport: asyncio.Transport
        self._handler = handler
        self._open_ones = open_ones
        self._parser = httptools.HttpRequestParser(self)
        self._begin()

    def _begin(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._length = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._open_ones.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open_ones.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.abort()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        if self._headers.get(b"expect"):
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, part: bytes) -> None:
        self._length += len(part)
        if self._length > _MOST:
            self.transport.abort()
        else:
            self._body.append(part)

    def on_message_complete(self) -> None:
        request = Request(self._parser.get_method().decode(), self._url.decode("latin-1"), self._headers, b"".join(self._body))
        self._begin()
        self._handler(request, self)

    def send(self, answer: bytes) -> None:
        """Write an answer, unless the other side has gone."""
        if not self.transport.is_closing():
            self.transport.write(answer)


def answer(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """An HTTP answer with a JSON body."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Status"
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    return f"HTTP/1.1 {status} {phrase}\r\ncontent-type: application/json\r\n{more}content-length: {len(body)}\r\n\r\n".encode() + body
