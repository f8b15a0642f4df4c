"""What a peer cannot do to the others: send a head without an end, half a request, or more connections than there is room for."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import httpx
import orjson
import pytest

from hub.intake import add_client
from hub.settings import Settings
from hub.store import open_pool
from hub.web.api import serve
from hub.web.connections import HEAD_BYTES, HttpConnection
from schemas import SourceKind
from tests.cases.deaths import event
from tests.conftest import Databases
from tests.intake.conftest import EVENT, make_settings
from tests.waiting import lasting, until

_HEAD = b"POST /v1/notifications HTTP/1.1\r\nHost: hub\r\n"


@dataclass(frozen=True, slots=True)
class Peer:
    """A connection of somebody who does as they like."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def send_all(self, parts: Iterable[bytes], every: float = 0) -> None:
        for part in parts:
            await self.send(part)
            await lasting(every)

    async def hears(self, within: float = 10.0) -> bytes:
        """All there is until the hub hangs up."""
        async with asyncio.timeout(within):
            return await self.reader.read()

    async def goes(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


@dataclass(frozen=True, slots=True)
class Listening:
    """The API on a socket, and a client it knows."""

    port: int
    http: httpx.AsyncClient
    key: str
    peers: list[Peer] = field(default_factory=list)

    async def peer(self) -> Peer:
        self.peers.append(Peer(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.peers[-1]

    def head(self, length: int, kind: str = EVENT, path: str = "/v1/notifications") -> bytes:
        lines = [f"POST {path} HTTP/1.1", "Host: hub", f"Authorization: Bearer {self.key}", f"Content-Type: {kind}"]
        return "\r\n".join([*lines, f"Content-Length: {length}", "", ""]).encode()

    async def tells(self, body: bytes) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.key}", "content-type": EVENT}
        return await self.http.post("/v1/notifications", content=body, headers=headers)

    async def lives(self) -> bool:
        try:
            return (await self.http.get("/health/live")).status_code == 200
        except httpx.TransportError:
            return False


@pytest.fixture
def settings(postgres: Databases) -> Settings:
    return make_settings(postgres.database_url, postgres.keystore_url)


@pytest.fixture
async def listening(settings: Settings) -> AsyncIterator[Listening]:
    async with await open_pool(settings.database_url) as pool:
        _, key = await add_client(pool, "council", SourceKind.REGISTRAR, recipient="a.tax", per_second=10_000)
    sock = socket.create_server(("127.0.0.1", 0))
    port, stopping = sock.getsockname()[1], asyncio.Event()
    serving = asyncio.create_task(serve(settings, sock, stopping))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as http:
        listening = Listening(port, http, key)
        await until(listening.lives)
        yield listening
        for peer in listening.peers:
            await peer.goes()
    stopping.set()
    await serving


def is_problem(heard: bytes, status: int) -> bool:
    head, _, body = heard.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head, heard[:200]
    return head.startswith(b"HTTP/1.1 %d " % status) and orjson.loads(body)["status"] == status


async def test_a_head_without_an_end_is_refused(listening: Listening) -> None:
    peer = await listening.peer()
    await peer.send(_HEAD + b"x-a: ")
    with pytest.raises(ConnectionError):
        await peer.send_all(itertools.repeat(b"y" * HEAD_BYTES, 1024))
    assert await listening.lives()


async def test_who_stops_there_is_told_so(listening: Listening) -> None:
    peer = await listening.peer()
    await peer.send_all([_HEAD + b"x-a: ", b"y" * HEAD_BYTES, b"y"], every=0.1)
    assert is_problem(await peer.hears(), 431)


async def test_a_large_body_in_many_pieces_is_no_head(listening: Listening) -> None:
    body = b" " * (3 * HEAD_BYTES) + orjson.dumps(event())
    peer = await listening.peer()
    await peer.send(listening.head(len(body)).replace(b"Host", b"Connection: close\r\nHost"))
    await peer.send_all((body[start : start + 20_000] for start in range(0, len(body), 20_000)), every=0.01)
    assert (await peer.hears()).startswith(b"HTTP/1.1 202 ")


async def test_half_a_head_is_not_waited_for(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HttpConnection, "head_seconds", 0.2)
    silent, half = await listening.peer(), await listening.peer()
    await half.send(_HEAD)
    assert is_problem(await half.hears(), 408)
    assert is_problem(await silent.hears(), 408)
    assert await listening.lives()


@pytest.mark.parametrize("path", ["/v1/notifications", "/v1/messages/msg_1/acknowledgement"])
async def test_half_a_body_is_not_waited_for(listening: Listening, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HttpConnection, "body_seconds", 0.2)
    peer = await listening.peer()
    await peer.send(listening.head(100, path=path) + b'{"half":')
    heard = await peer.hears()
    assert is_problem(heard, 408)
    assert heard.count(b"HTTP/1.1 ") == 1
    assert await listening.lives()


async def test_who_sends_far_ahead_of_the_answers_is_hung_up_on(listening: Listening) -> None:
    peer = await listening.peer()
    with contextlib.suppress(ConnectionError):
        await peer.send(b"GET /health/live HTTP/1.1\r\nHost: hub\r\n\r\n" * 5_000)
    with contextlib.suppress(ConnectionError):
        assert (await peer.hears()).count(b"200 OK") < 500
    assert await listening.lives()


async def test_who_would_speak_another_protocol_is_told_so_and_not_that_the_body_is_bad(listening: Listening) -> None:
    body = orjson.dumps(event())
    peer = await listening.peer()
    wish = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n"
    await peer.send(listening.head(len(body)).removesuffix(b"\r\n") + wish + body)
    heard = await peer.hears()
    assert heard.startswith(b"HTTP/1.1 400")
    assert b"without the header Upgrade" in heard
    assert heard.count(b"HTTP/1.1 ") == 1


async def test_what_was_in_hand_is_not_answered_by_what_came_after_it_and_is_no_http(listening: Listening) -> None:
    body = orjson.dumps(event())
    peer = await listening.peer()
    await peer.send(listening.head(len(body)) + body + b"no http\r\n\r\n")
    assert not (await peer.hears()).startswith(b"HTTP/1.1 400")


async def test_held_places_go_to_whoever_comes(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HttpConnection, "most", 8)
    held = [await listening.peer() for _ in range(20)]
    for peer in held[-5:]:
        await peer.send(_HEAD)
    assert (await listening.tells(orjson.dumps(event()))).status_code == 202
    assert await held[0].hears(within=3) == b""


async def test_a_body_that_breaks_off_is_not_taken_even_where_the_part_reads_as_a_whole(listening: Listening) -> None:
    body = orjson.dumps(event())
    peer = await listening.peer()
    await peer.send(listening.head(len(body) + 1000) + body)
    await lasting(0.2)
    await peer.goes()
    await lasting(0.2)
    answer = await listening.tells(body)
    assert (answer.status_code, answer.headers.get("idempotency-replayed")) == (202, None)


async def test_an_acknowledgement_that_breaks_off_is_nobodys_defect(listening: Listening, caplog: pytest.LogCaptureFixture) -> None:
    peer = await listening.peer()
    await peer.send(listening.head(100, "application/json", "/v1/messages/msg_1/acknowledgement") + b'{"answer":')
    await lasting(0.2)
    await peer.goes()
    await lasting(0.2)
    assert await listening.lives()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
