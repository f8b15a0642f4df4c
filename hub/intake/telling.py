"""What every route has where the hub is told something: identifies, limits, reads the body, records, answers. Plain ASGI."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

import orjson

from hub.cases import Arrival, Recorded
from hub.intake.answers import Answers, refused
from hub.intake.batcher import Answer, Batcher, Unavailable
from hub.intake.clients import Client
from hub.intake.doorbell import Doorbell
from hub.intake.limits import Rate
from hub.intake.problems import not_allowed
from hub.intake.reading import Media
from hub.observe import log, metrics
from hub.problems import PROBLEM_JSON, Problem, cut_short, defect, unavailable
from hub.store import LEDGER_AWAY
from schemas import Notification

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Mapping[bytes, bytes]

# Who calls: by API key now. Client credentials (OAuth2) and client certificates take this place when they come.
Identify = Callable[[Headers], Awaitable[Client]]

# Status, content and further headers.
Answered = tuple[int, Any, list[tuple[bytes, bytes]]]

_JSON = b"application/json"


class TellingRoute(ABC):
    """The ASGI application behind a route where the hub is told something; one for a process. What comes in how is each route's own."""

    def __init__(self, identify: Identify, media: Media, batcher: Batcher, answers: Answers, doorbell: Doorbell) -> None:
        self._identify = identify
        self._media = media
        self._batcher = batcher
        self._answers = answers
        self._doorbell = doorbell
        self._rate = Rate()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        media = _JSON
        try:
            if scope["method"] != "POST":
                raise not_allowed("POST")
            status, content, extra = await self._handle(dict(scope["headers"]), receive)
        except Problem as problem:
            status, content, media = self._refusal(problem)
            extra = [(name.encode(), value.encode()) for name, value in problem.headers.items()]
        except Exception as error:
            log.error("intake.defect", exc_info=error)
            status, content, media, extra = 500, defect().document(), PROBLEM_JSON, []
        body = b"" if content is None else orjson.dumps(content)
        headers = [(b"content-type", media), (b"content-length", b"%d" % len(body)), *extra]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _handle(self, headers: Headers, receive: Receive) -> Answered:
        kind = self._media.media_type(headers)
        length = headers.get(b"content-length", b"0")
        self._media.check_size(kind, int(length) if length.isdigit() else 0)
        try:
            client = await self._identify(headers)
            self._rate.take(client.id, client.per_second)  # before anything is read: what is not valid costs the hub more
            return await self._answer(client, kind, headers, receive)
        except (Unavailable, *LEDGER_AWAY) as error:
            raise unavailable() from error

    @abstractmethod
    async def _answer(self, client: Client, kind: bytes, headers: Headers, receive: Receive) -> Answered:
        """What the route is for. Raises `Problem`."""

    def _refusal(self, problem: Problem) -> tuple[int, Any, bytes]:
        """Status, content and content type of what a caller is told instead."""
        return problem.status, problem.document(), PROBLEM_JSON

    async def _body(self, kind: bytes, receive: Receive) -> bytes:
        message = await _received(receive)
        raw: bytes = message.get("body", b"")
        while message.get("more_body"):
            message = await _received(receive)
            raw += message.get("body", b"")
            self._media.check_size(kind, len(raw))
        return raw

    async def _one(self, client: Client, key: str | None, told: Notification) -> Answered:
        recorded, replayed = await self._recorded(client, key, told)
        return 202, self._answers.accepted(recorded, told), [(b"idempotency-replayed", b"true")] if replayed else []

    async def _recorded(self, client: Client, key: str | None, told: Notification) -> tuple[Recorded, bool]:
        """What became of one notification, and whether it came before. Raises `Problem` where it is not taken."""
        (answer,) = await self._batcher.put([Arrival(client.id, client.source_kind, told, key, recipient=client.recipient)])
        if not isinstance(answer, Recorded):
            raise refused(answer, told, client.source_kind)
        return answer, self._noted([(answer, told)])

    def _noted(self, told: Iterable[tuple[Answer, Notification]]) -> bool:
        """Count what is new and wake the relay; whether all were replays."""
        fresh = 0
        for answer, notification in told:
            if isinstance(answer, Recorded) and not answer.replay:
                fresh += 1
                metrics.notifications_accepted.labels(notification.kind).inc()
        if fresh:
            self._doorbell.ring()
        return fresh == 0


async def _received(receive: Receive) -> MutableMapping[str, Any]:
    message = await receive()
    if message["type"] == "http.disconnect":  # what came is a part, even where it reads as a whole
        raise cut_short()
    return message
