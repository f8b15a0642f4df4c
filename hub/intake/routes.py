"""`POST /v1/notifications`: CloudEvents in the hub's own vocabulary, one or a batch. The hot path of intake."""

import asyncio
from typing import Any

from hub.cases import Arrival, Recorded
from hub.intake.answers import Answers, refused
from hub.intake.batcher import Answer, Batcher
from hub.intake.clients import Client
from hub.intake.doorbell import Doorbell
from hub.intake.reading import BATCH, Reader, idempotency_key
from hub.intake.telling import Answered, Headers, Identify, Receive, TellingRoute
from hub.problems import Problem, malformed
from schemas import Notification

_TURN = 64  # items of a batch read before others have their turn


class NotificationsRoute(TellingRoute):
    """`POST /v1/notifications`."""

    def __init__(self, identify: Identify, reader: Reader, batcher: Batcher, answers: Answers, doorbell: Doorbell) -> None:
        super().__init__(identify, reader, batcher, answers, doorbell)
        self._reader = reader

    async def _answer(self, client: Client, kind: bytes, headers: Headers, receive: Receive) -> Answered:
        key = idempotency_key(headers)
        raw = await self._body(kind, receive)
        if kind == BATCH:
            return await self._batch(client, key, raw)
        return await self._one(client, key, self._reader.one(kind, headers, raw))

    async def _batch(self, client: Client, key: str | None, raw: bytes) -> Answered:
        if key is not None:
            raise malformed("Idempotency-Key", "does not fit a batch", "no such header: items are known by their source and id")
        items = self._reader.batch(raw)
        self._rate.owe(client.id, len(items) - 1)
        told: list[Notification | Problem] = []
        for start in range(0, len(items), _TURN):
            told += map(self._reader.item, items[start : start + _TURN])
            await asyncio.sleep(0)
        sound = [item for item in told if not isinstance(item, Problem)]
        recorded = (
            await self._batcher.put([Arrival(client.id, client.source_kind, item, recipient=client.recipient) for item in sound])
            if sound
            else []
        )
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
