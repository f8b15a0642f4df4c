"""The example of a webhook receiver, with the hub's own connector as the sender."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest
import uvicorn

from connectors.contract import Delivered, Endpoint, EndpointFault
from connectors.kit import Memory
from connectors.kit.output import writer
from connectors.kit.receiver import receiver
from connectors.webhook import WebhookConnector
from hub.local import free_port
from tests.contract.rigs import a_secret, parcels
from tests.waiting import await_that


class Parish:
    """The receiver, running; what it kept and what it answered."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "events.jsonl"
        self.secrets = [a_secret(), a_secret()]
        self.answered: list[str] = []
        self.port = free_port()
        self.app = receiver(self.secrets, writer(self.output), Memory(folder / "memory"), self.answered.append)
        self.server = uvicorn.Server(uvicorn.Config(self.app, port=self.port, log_level="error"))

    def endpoint(self, batch: int = 1, secrets: list[str] | None = None) -> Endpoint:
        return Endpoint("parish", {"url": f"http://127.0.0.1:{self.port}/in", "secrets": secrets or self.secrets, "batch": batch})

    def kept(self) -> list[str]:
        return [orjson.loads(line)["id"] for line in self.output.read_bytes().splitlines()] if self.output.exists() else []


@pytest.fixture
async def parish(tmp_path: Path) -> AsyncIterator[Parish]:
    parish = Parish(tmp_path)
    serving = asyncio.create_task(parish.server.serve())
    await asyncio.to_thread(await_that, lambda: parish.server.started)
    yield parish
    parish.server.should_exit = True
    await serving


@pytest.fixture
async def connector() -> AsyncIterator[WebhookConnector]:
    connector = WebhookConnector(allow_private=True)
    yield connector
    await connector.close()


async def test_a_message_is_kept_once_and_answered_however_often_it_comes(parish: Parish, connector: WebhookConnector) -> None:
    [parcel] = parcels(1)
    for _ in range(3):
        assert await connector.send(parish.endpoint(), [parcel]) == [Delivered(200)]
    assert parish.kept() == [parcel.message]
    await asyncio.to_thread(await_that, lambda: parish.answered == [parcel.message])


async def test_a_batch_is_answered_item_by_item(parish: Parish, connector: WebhookConnector) -> None:
    sent = parcels(5)
    assert await connector.send(parish.endpoint(batch=10), sent) == [Delivered(200)] * 5
    assert parish.kept() == [parcel.message for parcel in sent]


async def test_what_somebody_else_signed_is_refused_and_not_kept(parish: Parish, connector: WebhookConnector) -> None:
    assert await connector.send(parish.endpoint(secrets=[a_secret()]), parcels(1)) == [EndpointFault("http-401", 401)]
    assert parish.kept() == []
