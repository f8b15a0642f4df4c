"""`POST /v1/notifications`: reads, identifies, limits, records, answers. The hot path of intake, so plain ASGI."""

import asyncio
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
from hub.intake.reading import BATCH, Reader, idempotency_key
from hub.observe import log, metrics
from hub.problems import PROBLEM_JSON, Problem, cut_short, defect, malformed, unavailable
from hub.store import LEDGER_AWAY
from schemas import Notification

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Mapping[bytes, bytes]

# Who calls: by API key now. Client credentials (OAuth2) and client certificates take this place when they come.
Identify = Callable[[Headers], Awaitable[Client]]

_JSON = b"application/json"
_TURN = 64  # items of a batch read before others have their turn


class NotificationsRoute:
    """The ASGI application behind the route; one for a process."""

    def __init__(self, identify: Identify, reader: Reader, batcher: Batcher, answers: Answers, doorbell: Doorbell) -> None:
        self._identify = identify
        self._reader = reader
        self._batcher = batcher
        self._answers = answers
        self._doorbell = doorbell
        self._rate = Rate()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extra: list[tuple[bytes, bytes]] = []
        media = _JSON
        try:
            if scope["method"] != "POST":
                raise not_allowed("POST")
            status, content, extra = await self._handle(dict(scope["headers"]), receive)
        except Problem as problem:
            status, content, media = problem.status, problem.document(), PROBLEM_JSON
            extra = [(name.encode(), value.encode()) for name, value in problem.headers.items()]
        except Exception as error:
            log.error("intake.defect", exc_info=error)
            status, content, media = 500, defect().document(), PROBLEM_JSON
        body = orjson.dumps(content)
        headers = [(b"content-type", media), (b"content-length", b"%d" % len(body)), *extra]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _handle(self, headers: Headers, receive: Receive) -> tuple[int, Any, list[tuple[bytes, bytes]]]:
        kind = self._reader.media_type(headers)
        length = headers.get(b"content-length", b"0")
        self._reader.check_size(kind, int(length) if length.isdigit() else 0)
        try:
            client = await self._identify(headers)
            self._rate.take(client.id, client.per_second)  # before anything is read: what is not valid costs the hub more
            key = idempotency_key(headers)
            raw = await self._body(kind, receive)
            if kind == BATCH:
                return await self._batch(client, key, raw)
            return await self._one(client, key, self._reader.one(kind, headers, raw))
        except (Unavailable, *LEDGER_AWAY) as error:
            raise unavailable() from error

    async def _body(self, kind: bytes, receive: Receive) -> bytes:
        message = await _received(receive)
        raw: bytes = message.get("body", b"")
        while message.get("more_body"):
            message = await _received(receive)
            raw += message.get("body", b"")
            self._reader.check_size(kind, len(raw))
        return raw

    async def _one(self, client: Client, key: str | None, told: Notification) -> tuple[int, Any, list[tuple[bytes, bytes]]]:
        (answer,) = await self._batcher.put([Arrival(client.id, client.source_kind, told, key)])
        if not isinstance(answer, Recorded):
            raise refused(answer, told, client.source_kind)
        replayed = self._noted([(answer, told)])
        return 202, self._answers.accepted(answer, told), [(b"idempotency-replayed", b"true")] if replayed else []

    async def _batch(self, client: Client, key: str | None, raw: bytes) -> tuple[int, Any, list[tuple[bytes, bytes]]]:
        if key is not None:
            raise malformed("Idempotency-Key", "does not fit a batch", "no such header: items are known by their source and id")
        items = self._reader.batch(raw)
        self._rate.owe(client.id, len(items) - 1)
        told: list[Notification | Problem] = []
        for start in range(0, len(items), _TURN):
            told += map(self._reader.item, items[start : start + _TURN])
            await asyncio.sleep(0)
        sound = [item for item in told if not isinstance(item, Problem)]
        recorded = await self._batcher.put([Arrival(client.id, client.source_kind, item) for item in sound]) if sound else []
        self._noted(zip(recorded, sound, strict=True))
        answers = iter(recorded)
        found = [self._item(item, None if isinstance(item, Problem) else next(answers), client) for item in told]
        return 202 if all(item["status"] == 202 for item in found) else 207, {"items": found}, []

    def _item(self, told: Notification | Problem, answer: Answer | None, client: Client) -> dict[str, Any]:
        if isinstance(told, Problem):
            return told.document()
        if isinstance(answer, Recorded):
            return {"id": told.id, "status": 202, "replayed": answer.replay, **self._answers.accepted(answer, told)}
        assert answer is not None
        return {"id": told.id, **refused(answer, told, client.source_kind).document()}

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
