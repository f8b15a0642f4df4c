"""The publishers: clients on kept-alive connections that post prepared requests, singly, as fast as they can or paced.

    python -m tests.bench.loader PLAN.json RESULT.json

The plan is written by `tests.bench.publish`. What gets no answer, a 429 or a 5xx is posted again with the same
Idempotency-Key until the plan's patience ends, as a careful client does; then the result says it was never accepted.
Each client goes through its own requests in order, so that what must follow something else is given to the same one.
"""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httptools
import orjson
import uvloop

_RETRIED = frozenset({0, 429, 500, 502, 503, 504})


@dataclass(slots=True)
class Sent:
    """One request's history: first sent, last answered (monotonic seconds), the answer and how many tries it took."""

    first: float = 0.0
    answered: float = 0.0
    status: int = 0
    tries: int = 0
    body: str = ""


@dataclass(slots=True)
class Plan:
    """What to post, when, and to whom."""

    host: str
    port: int
    head: str  # request line and headers up to the ones a request adds
    clients: int
    requests: list[tuple[float, int, str, str]]  # seconds from the start, which client, Idempotency-Key or nothing, body
    patience: float  # seconds after which a request is given up
    keep: bool = False  # keep the bodies of the answers
    sent: list[Sent] = field(default_factory=list)


class Client(asyncio.Protocol):
    """One connection, one request at a time."""

    __slots__ = ("answer", "body", "parser", "transport")

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.answer: asyncio.Future[int] | None = None
        self.body: list[bytes] = []
        self.parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        self._settle(0)

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            if self.transport:
                self.transport.abort()

    def on_body(self, part: bytes) -> None:
        self.body.append(part)

    def on_message_complete(self) -> None:
        if self.transport and not self.parser.should_keep_alive():
            self.transport.close()
        self._settle(self.parser.get_status_code())

    def _settle(self, status: int) -> None:
        if self.answer and not self.answer.done():
            self.answer.set_result(status)

    async def post(self, plan: Plan, request: bytes) -> int:
        """The status of the answer, 0 where there was none."""
        loop = asyncio.get_running_loop()
        if self.transport is None:
            self.parser = httptools.HttpResponseParser(self)
            try:
                await loop.create_connection(lambda: self, plan.host, plan.port)
            except OSError:
                return 0
        self.body.clear()
        self.answer = loop.create_future()
        assert self.transport is not None
        self.transport.write(request)
        late = loop.call_later(15.0, self._give_up)
        try:
            return await self.answer
        finally:
            late.cancel()

    def _give_up(self) -> None:
        if self.transport:
            self.transport.abort()
        self._settle(0)


async def _publish(plan: Plan, client: Client, index: int, start: float) -> None:
    at, _, key, body = plan.requests[index]
    data = body.encode()
    named = f"idempotency-key: {key}\r\n" if key else ""
    request = f"{plan.head}{named}content-length: {len(data)}\r\n\r\n".encode() + data
    sent = plan.sent[index]
    if (wait := start + at - time.monotonic()) > 0:
        await asyncio.sleep(wait)
    sent.first = time.monotonic()
    while True:
        sent.tries += 1
        sent.status = await client.post(plan, request)
        sent.answered = time.monotonic()
        if sent.status not in _RETRIED or sent.answered - sent.first > plan.patience:
            break
        await asyncio.sleep(min(0.05 * sent.tries, 0.5))
    if plan.keep or sent.status not in (200, 202):
        sent.body = b"".join(client.body).decode(errors="replace")


async def run(plan: Plan) -> float:
    """Post everything; the moment of the start."""
    plan.sent = [Sent() for _ in plan.requests]
    start = time.monotonic()

    async def work(number: int) -> None:
        client = Client()
        for index in [index for index, request in enumerate(plan.requests) if request[1] == number]:
            await _publish(plan, client, index, start)
        if client.transport:
            client.transport.close()

    await asyncio.gather(*(work(number) for number in range(plan.clients)))
    return start


def main(plan_file: str, result_file: str) -> None:
    content: dict[str, Any] = orjson.loads(Path(plan_file).read_bytes())
    content["requests"] = [tuple(request) for request in content["requests"]]
    plan = Plan(**content)
    print("ready", flush=True)
    sys.stdin.readline()
    start = uvloop.run(run(plan))
    result = {"start": start, "sent": [[s.first, s.answered, s.status, s.tries, s.body] for s in plan.sent]}
    Path(result_file).write_bytes(orjson.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
