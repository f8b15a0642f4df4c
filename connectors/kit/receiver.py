"""A webhook receiver in a few lines: check the signature, keep what is new, say 200, and answer the hub.

Copy it. What matters: the signature is checked before anything is read, a message is on disk before the 200, the same
id is kept once, an older version of a case never follows a newer, and what is owed to the hub is told until it has it.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response

from connectors.kit.answering import Answering
from connectors.kit.memory import Known, Memory
from connectors.kit.output import Write
from connectors.kit.signature import Verifier

_MOST = 4 << 20  # bytes of a request
_BATCH = "application/cloudevents-batch+json"

_log = logging.getLogger(__name__)


def receiver(secrets: Sequence[str], write: Write, memory: Memory, answering: Answering | None = None) -> FastAPI:
    """An application that hands every new event to `write`, which has it on disk when it returns, and has `answering` tell the hub.

    Raises `ValueError` for what is no signing secret.
    """

    @contextlib.asynccontextmanager
    async def answer_meanwhile(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(answering.run()) if answering else None
        yield
        if task:
            task.cancel()
            await asyncio.wait([task])

    app = FastAPI(openapi_url=None, lifespan=answer_meanwhile)
    verifier = Verifier(secrets)

    @app.post("/{path:path}")
    async def receive(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST:
                return Response(status_code=413)
        message_id, timestamp, signatures = (request.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        if not verifier.accepts(message_id, timestamp, signatures, body):
            _log.warning("refused what came: no secret here has signed it, or our clocks are five minutes apart")
            return Response(status_code=401)
        in_batch = request.headers.get("content-type", "").startswith(_BATCH)
        events = orjson.loads(body) if in_batch else [orjson.loads(body)]
        for event in events:
            keep(event)
        if not in_batch:
            return Response()
        items = [{"id": event["id"], "status": 200} for event in events]
        return Response(orjson.dumps({"items": items}), media_type="application/json")

    def keep(event: dict[str, Any]) -> None:
        if memory.judge(event) is not Known.NEW:
            return
        write(event)
        memory.remember(event, unanswered=answering is not None)
        _log.info("%s %s", event["id"], str(event["type"]).split(".")[3])
        if answering is not None:
            answering.wake()

    return app
