"""The example of a webhook receiver, with the hub's own connector as the sender."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import orjson
import pytest
import uvicorn

from connectors.contract import Delivered, Endpoint, EndpointFault
from connectors.kit import Memory, answering
from connectors.kit.answering import Answering
from connectors.kit.output import writer
from connectors.kit.receiver import receiver
from connectors.webhook import WebhookConnector
from hub.local import free_port
from tests.contract.rigs import a_secret, parcels
from tests.delivery.receiver import Answer, Arrival, Receiver, always, ok
from tests.waiting import until


class Parish:
    """The receiver over what it has in a folder; `async with` it runs. It answers `hub`."""

    def __init__(self, folder: Path, hub: Receiver) -> None:
        self.output = folder / "events.jsonl"
        self.secrets = [a_secret(), a_secret()]
        self.port = free_port()
        memory = Memory(folder / "memory")
        app = receiver(self.secrets, writer(self.output), memory, Answering(f"http://127.0.0.1:{hub.port}", "tuo_key", memory))
        self.server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="error"))

    async def __aenter__(self) -> Self:
        self.serving = asyncio.create_task(self.server.serve())
        await until(lambda: self.server.started)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.should_exit = True
        await self.serving

    def endpoint(self, batch: int = 1, secrets: list[str] | None = None) -> Endpoint:
        return Endpoint("parish", {"url": f"http://127.0.0.1:{self.port}/in", "secrets": secrets or self.secrets, "batch": batch})

    def kept(self) -> list[str]:
        return [orjson.loads(line)["id"] for line in self.output.read_bytes().splitlines()] if self.output.exists() else []


def answers(hub: Receiver) -> list[str]:
    """The messages of which the hub was told, each time it was."""
    return [arrival.path.split("/")[3] for arrival in hub.arrivals]


@pytest.fixture
async def parish(tmp_path: Path, hub: Receiver) -> AsyncIterator[Parish]:
    async with Parish(tmp_path, hub) as parish:
        yield parish


async def test_a_message_is_kept_once_and_answered_however_often_it_comes(
    parish: Parish, connector: WebhookConnector, hub: Receiver
) -> None:
    parcel, last = parcels(2)
    for one in (parcel, parcel, parcel, last):
        assert await connector.send(parish.endpoint(), [one]) == [Delivered(200)]
    assert parish.kept() == [parcel.message, last.message]
    await until(lambda: last.message in answers(hub))
    assert answers(hub) == [parcel.message, last.message]
    assert hub.arrivals[0].headers["authorization"] == "Bearer tuo_key"
    assert orjson.loads(hub.arrivals[0].body) == {"answer": "applied"}


async def test_a_batch_is_answered_item_by_item(parish: Parish, connector: WebhookConnector) -> None:
    sent = parcels(5)
    assert await connector.send(parish.endpoint(batch=10), sent) == [Delivered(200)] * 5
    assert parish.kept() == [parcel.message for parcel in sent]


async def test_what_somebody_else_signed_is_refused_and_not_kept(parish: Parish, connector: WebhookConnector) -> None:
    assert await connector.send(parish.endpoint(secrets=[a_secret()]), parcels(1)) == [EndpointFault("http-401", 401)]
    assert parish.kept() == []


@pytest.mark.parametrize(
    "now",
    [
        (503, {}, b""),
        (500, {}, b""),
        (429, {"retry-after": "0"}, b""),
        (401, {}, b""),
        (404, {}, b"the page of a proxy"),
        (503, {"content-encoding": "gzip"}, b"not gzip"),
        None,
    ],
)
async def test_an_answer_the_hub_does_not_take_now_is_given_again(
    now: Answer, parish: Parish, connector: WebhookConnector, hub: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "_PAUSE", 0.01)
    sent = parcels(5)
    taken: set[str] = set()

    async def busy_at_first(arrival: Arrival) -> Answer:
        if len(hub.arrivals) in (1, 2, 4):
            return now
        taken.add(arrival.path.split("/")[3])
        return 200, {}, b""

    hub.behaviour = busy_at_first
    assert await connector.send(parish.endpoint(batch=10), sent) == [Delivered(200)] * 5
    await until(lambda: taken == {parcel.message for parcel in sent})
    assert len(hub.arrivals) == 8


async def test_an_answer_the_hub_does_not_know_of_delays_no_other(parish: Parish, connector: WebhookConnector, hub: Receiver) -> None:
    sent = parcels(8)

    async def knows_the_last(arrival: Arrival) -> Answer:
        return (200 if sent[-1].message in arrival.path else 404), {}, b""

    hub.behaviour = knows_the_last
    await connector.send(parish.endpoint(batch=10), sent)
    await until(lambda: answers(hub)[-1:] == [sent[-1].message], within=4)


async def test_an_answer_refused_for_good_is_not_given_again(parish: Parish, connector: WebhookConnector, hub: Receiver) -> None:
    first, second = parcels(2)
    hub.behaviour = always(409, {"content-type": "application/problem+json"})
    await connector.send(parish.endpoint(), [first])
    await until(lambda: hub.arrivals)
    hub.behaviour = ok
    await connector.send(parish.endpoint(), [second])
    await until(lambda: len(hub.arrivals) == 2)
    assert answers(hub) == [first.message, second.message]


async def test_what_is_unanswered_at_the_end_is_answered_at_the_next_start(
    tmp_path: Path, connector: WebhookConnector, hub: Receiver
) -> None:
    sent = parcels(3)
    hub.behaviour = always(503)
    async with Parish(tmp_path, hub) as parish:
        await connector.send(parish.endpoint(batch=10), sent)
        await until(lambda: hub.arrivals)
    hub.arrivals.clear()
    hub.behaviour = ok
    async with Parish(tmp_path, hub):
        await until(lambda: answers(hub) == [parcel.message for parcel in sent])
