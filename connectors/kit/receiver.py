"""A webhook receiver in a few lines: check the signature, keep what is new, say 200, and answer the hub.

Copy it. What matters: the signature is checked before anything is read, a message is on disk before the 200, the same
id is kept once, and an older version of a case never follows a newer.
"""

from collections.abc import Callable, Sequence
from typing import Any

import httpx
import orjson
from fastapi import BackgroundTasks, FastAPI, Request, Response

from connectors.kit.memory import Known, Memory
from connectors.kit.output import Write
from connectors.kit.signature import Verifier

_MOST = 4 << 20  # bytes of a request
_BATCH = "application/cloudevents-batch+json"

Answer = Callable[[str], None]


def receiver(secrets: Sequence[str], write: Write, memory: Memory, answer: Answer) -> FastAPI:
    """An application that hands every new event to `write`, which has it on disk when it returns, and calls `answer` with its id."""
    app = FastAPI(openapi_url=None)
    verifier = Verifier(secrets)

    @app.post("/{path:path}")
    async def receive(request: Request, later: BackgroundTasks) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST:
                return Response(status_code=413)
        message_id, timestamp, signatures = (request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        if not verifier.accepts(message_id, timestamp, signatures, body):
            return Response(status_code=401)
        in_batch = request.headers.get("content-type", "").startswith(_BATCH)
        events = orjson.loads(body) if in_batch else [orjson.loads(body)]
        for event in events:
            if keep(event):
                later.add_task(answer, event["id"])
        if not in_batch:
            return Response()
        items = [{"id": event["id"], "status": 200} for event in events]
        return Response(orjson.dumps({"items": items}), media_type="application/json")

    def keep(event: dict[str, Any]) -> bool:
        known = memory.judge(event)
        if known is Known.NEW:
            write(event)
            memory.remember(event)
        return known is Known.NEW

    return app


def answering(hub: str, key: str) -> Answer:
    """Tells the hub that a message is applied, by HTTP, with this recipient's API key."""
    client = httpx.Client(base_url=hub, headers={"authorization": f"Bearer {key}"}, timeout=10.0)

    def answer(message: str) -> None:
        client.post(f"/v1/messages/{message}/acknowledgement", json={"answer": "applied"}).raise_for_status()

    return answer
