"""What the line does with the other end of a connection, byte by byte: a real socket that says what the test wants."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import pytest

from connectors.webhook import line as lines
from connectors.webhook.exchange import Answer, Failed
from connectors.webhook.line import Line
from tests.contract.server import OK, Server, serving


@asynccontextmanager
async def speaking(*answers: bytes, close: bool = False, within: float = 2.0) -> AsyncIterator[tuple[Line, Server]]:
    server = Server(*answers, close=close)
    async with serving(server) as address:
        line = Line(f"http://127.0.0.1:{address[1]}/in box?x=1 2", [address], within)
        yield line, server
        line.close()


@contextmanager
def full() -> Iterator[tuple[str, int]]:
    """An address whose queue of connections is full."""
    with socket.socket() as listener, socket.socket() as one, socket.socket() as two:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for waiting in (one, two):
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()


async def test_a_request_is_what_it_should_be_and_its_connection_is_kept() -> None:
    async with speaking(OK) as (line, server):
        for _ in range(3):
            assert await line.post(b"webhook-id: msg_1\r\n", b"body") == Answer(200, None, b"ok", True)
        assert server.connections == 1
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
        assert head.startswith(b"POST /in%20box?x=1%202 HTTP/1.1\r\nhost: 127.0.0.1:")
        assert b"webhook-id: msg_1" in head
        assert body == b"body"


async def test_an_answer_is_read_whole_however_it_is_framed() -> None:
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
    patient = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nretry-after: 9\r\n\r\n" + OK
    for answer in (chunked, patient, b"HTTP/1.1 204 No Content\r\n\r\n"):
        async with speaking(answer) as (line, server):
            first, second = await line.post(b"", b"1"), await line.post(b"", b"2")
            assert isinstance(first, Answer)
            assert first == second
            assert (first.whole, first.status, first.body) in {(True, 200, b"ok"), (True, 204, b"")}
            assert server.connections == 1


async def test_without_a_length_the_answer_ends_with_its_connection() -> None:
    async with speaking(b"HTTP/1.1 200 OK\r\n\r\nok", close=True) as (line, server):
        for _ in range(2):
            assert await line.post(b"", b"1") == Answer(200, None, b"ok", True)
        assert server.connections == 2


@pytest.mark.parametrize(
    "how", ["HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"]
)
async def test_a_connection_the_recipient_will_close_is_not_used_again(how: str) -> None:
    async with speaking(how.encode()) as (line, server):
        for _ in range(2):
            assert await line.post(b"", b"1") == Answer(200, None, b"ok", True)
        assert server.connections == 2


@pytest.mark.parametrize("more", [b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n", b"\x00\x01\x02", b"HTTP/1.1 4"])
async def test_what_is_said_beyond_an_answer_is_never_the_next_one_s(more: bytes) -> None:
    async with speaking(OK + more, OK) as (line, server):
        first = await line.post(b"", b"1")
        assert first in (Answer(200, None, b"ok", True), Failed("connection-lost"))
        assert await line.post(b"", b"2") == Answer(200, None, b"ok", True)
        assert server.connections == 2


async def test_what_is_said_unasked_closes_the_connection() -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await asyncio.sleep(0.05)
        writer.write(b"HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n")
        assert await reader.read() == b""
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as listening:
        line = Line("http://council.example/", [listening.sockets[0].getsockname()[:2]], 2.0)
        for _ in range(2):
            assert await line.post(b"", b"") == Answer(200, None, b"ok", True)
            await asyncio.sleep(0.15)
        line.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: " + b"y" * 200_000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
    ],
    ids=["upgrade", "two-lengths", "two-framings", "no-http", "header-flood", "continue-flood"],
)
async def test_what_is_no_answer_is_outcome_unknown(answer: bytes) -> None:
    async with speaking(answer) as (line, _):
        failed = await line.post(b"", b"1")
        assert isinstance(failed, Failed)
        assert not failed.unsent


async def test_a_body_without_an_end_is_cut_off_and_its_status_counts() -> None:
    async with speaking(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5_000_000) as (line, _):
        answer = await line.post(b"", b"1")
        assert isinstance(answer, Answer)
        assert (answer.status, answer.whole) == (200, False)
        assert len(answer.body) < 1_000_000


async def test_a_body_that_never_comes_is_waited_for_within_the_time_and_its_status_counts() -> None:
    async with speaking(b"HTTP/1.1 503 Busy\r\nretry-after: 7\r\ncontent-length: 9\r\n\r\n", within=0.3) as (line, _):
        assert await line.post(b"", b"1") == Answer(503, "7", b"", False)


async def test_a_recipient_whose_queue_is_full_is_proved_unsent() -> None:
    with full() as address:
        line = Line("http://council.example/", [address], 0.5)
        assert await line.post(b"", b"1") == Failed("connect-timeout", unsent=True)


async def test_where_nobody_is_at_one_address_the_next_is_tried_and_kept_to() -> None:
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        server = Server(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok")
        async with serving(server) as alive:
            line = Line("http://council.example/", [dead.getsockname(), alive], 2.0)
            assert await line.post(b"", b"1") == Failed("connection-refused", unsent=True)
            for _ in range(3):
                assert await line.post(b"", b"1") == Answer(200, None, b"ok", True)
            assert server.connections == 3


async def test_several_who_fail_at_one_address_at_once_go_on_by_one() -> None:
    server = Server(OK)
    with full() as silent:
        async with serving(server) as alive:
            line = Line("http://council.example/", [silent, alive], 0.5)
            assert await asyncio.gather(*(line.post(b"", b"1") for _ in range(2))) == [Failed("connect-timeout", unsent=True)] * 2
            assert await line.post(b"", b"1") == Answer(200, None, b"ok", True)
            line.close()


async def test_a_line_stays_while_all_it_reached_is_among_the_addresses_of_its_name() -> None:
    async with speaking(OK) as (line, server):
        elsewhere = ("192.0.2.1", 80)
        here = line._addresses[0]
        for addresses in ([elsewhere, here], [here], [elsewhere, here, ("192.0.2.2", 80)]):
            assert line.follow(addresses)
            line.close()
            assert await line.post(b"", b"1") == Answer(200, None, b"ok", True)
        assert server.connections == 3
        assert not line.follow([elsewhere])


async def test_a_sender_that_is_cancelled_leaves_no_connection_to_anybody() -> None:
    async with speaking(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no") as (line, server):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await line.post(b"", b"1")
        await line.post(b"", b"2")
        assert server.connections == 2


async def test_idle_connections_are_closed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_KEPT_FOR", 0.1)
    async with speaking(OK) as (line, server):
        await asyncio.gather(*(line.post(b"", b"1") for _ in range(5)))
        await asyncio.sleep(0.3)
        await line.post(b"", b"1")
        assert server.connections == 6


async def test_what_is_on_the_wire_while_its_line_is_closed_is_closed_after_its_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_KEPT_FOR", 0.1)
    waits, answer, hung_up = iter((False, True)), asyncio.Event(), asyncio.Semaphore(0)

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if next(waits):
            await answer.wait()
        writer.write(OK)
        with suppress(ConnectionResetError):
            await reader.read()
        hung_up.release()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as listening:
        line = Line("http://council.example/", [listening.sockets[0].getsockname()[:2]], 2.0)
        posts = [asyncio.create_task(line.post(b"", b"")) for _ in range(2)]
        _, [late] = await asyncio.wait(posts, return_when=asyncio.FIRST_COMPLETED)
        line.close()
        answer.set()
        assert await late == Answer(200, None, b"ok", True)
        async with asyncio.timeout(1):
            for _ in posts:
                await hung_up.acquire()
