"""The simulator in a process of its own, as the demo and the chaos tests drive it."""

import asyncio
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import orjson
import pytest

from connectors.contract import Delivered, Endpoint, Outcome, Parcel, Retry
from connectors.kit.simulator import Behaviour, SimulatorClient, Wire, running_simulator
from connectors.webhook import WebhookConnector
from schemas import Answer
from tests.contract.rigs import a_secret, parcels
from tests.waiting import await_that


class Hub:
    """Stands where recipients answer: takes acknowledgements, after refusing some as a hub that is starting does."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, dict[str, str]]] = []
        self.busy = 0
        hub = self

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if hub.busy > 0:
                    hub.busy -= 1
                    self.send_error(503)
                    return
                hub.taken.append((self.path, self.headers["authorization"], orjson.loads(body)))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Desk)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.close()


@pytest.fixture
def simulator(hub: Hub, tmp_path: Path) -> Iterator[SimulatorClient]:
    with running_simulator(hub.url, file=tmp_path / "witness.jsonl") as client:
        yield client


def send(url: str, secrets: list[str], *sent: Parcel) -> list[Outcome]:
    async def once() -> list[Outcome]:
        connector = WebhookConnector(allow_private=True)
        outcomes = await connector.send(Endpoint("council", {"url": url, "secrets": secrets, "timeout": 2.0}), sent)
        await connector.close()
        return list(outcomes)

    return asyncio.run(once())


def test_each_recipient_can_be_down_alone_and_comes_back_at_the_same_address(simulator: SimulatorClient) -> None:
    secrets = [a_secret()]
    first = simulator.webhook("stevenage.council-tax", secrets)
    second = simulator.webhook("liverpool.council-tax", secrets)
    simulator.behave("stevenage.council-tax", Behaviour(wire=Wire.DOWN))
    [refused] = send(first, secrets, *parcels(1))
    assert isinstance(refused, Retry)
    assert refused.unsent
    assert send(second, secrets, *parcels(1)) == [Delivered(200)]
    simulator.behave("stevenage.council-tax", Behaviour())
    assert send(first, secrets, *parcels(1)) == [Delivered(200)]


def test_the_office_answers_with_its_key_until_the_hub_has_it(simulator: SimulatorClient, hub: Hub) -> None:
    secrets = [a_secret()]
    reason = "the account was closed last year"
    how = Behaviour(answer=Answer.REJECTED, answer_after=0.05, reason=reason)
    url = simulator.webhook("watford.housing", secrets, key="the-key", behaviour=how)
    [parcel] = parcels(1)
    hub.busy = 2
    send(url, secrets, parcel, parcel)
    await_that(lambda: len(hub.taken) == 1)
    assert hub.taken == [(f"/v1/messages/{parcel.message}/acknowledgement", "Bearer the-key", {"answer": "rejected", "reason": reason})]
    await_that(lambda: simulator.office() == {"given": 1, "refused": []})


def test_the_witness_knows_repeats_and_versions_that_go_down(simulator: SimulatorClient, tmp_path: Path) -> None:
    secrets = [a_secret()]
    url = simulator.webhook("dwp", secrets)
    [older], [newer] = parcels(1, version=1), parcels(1, version=2)
    body = orjson.loads(newer.body) | {"subject": older.key}
    newer = Parcel(newer.delivery, newer.message, older.key, orjson.dumps(body))
    send(url, secrets, newer, newer, older)
    seen = simulator.arrivals("dwp")
    assert [(a.message, a.caseversion, a.repeated, a.stale) for a in seen] == [
        (newer.message, 2, False, False),
        (newer.message, 2, True, False),
        (older.message, 1, False, True),
    ]
    assert seen[0].digest == seen[1].digest != seen[2].digest
    assert all(arrival.signed for arrival in seen)
    witness = tmp_path / "witness.jsonl"
    await_that(lambda: witness.exists() and len(witness.read_bytes().splitlines()) == 3)


def test_one_that_fails_still_says_what_it_read(simulator: SimulatorClient) -> None:
    secrets = [a_secret()]
    url = simulator.webhook("dvla", secrets, behaviour=Behaviour(wire=Wire.STATUS, status=503, retry_after=4))
    assert send(url, secrets, *parcels(1)) == [Retry("http-503", 503, after=4.0)]
    assert [arrival.wire for arrival in simulator.arrivals("dvla")] == ["status"]


def test_a_fault_in_what_it_is_told_is_said(simulator: SimulatorClient) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        simulator.behave("nobody", Behaviour())


def test_it_costs_little_to_be_a_witness(hub: Hub) -> None:
    """The recipient must not be what a measurement measures: 25 µs of CPU a request is the aim, and four times that fails."""
    from connectors.kit.simulator.http import HttpConnection
    from connectors.kit.simulator.recipient import WebhookRecipient
    from connectors.kit.simulator.witness import Witness
    from connectors.webhook.signing import decode_secret, signature_headers

    class Wireless(asyncio.Transport):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            assert bytes(data[:12]) == b"HTTP/1.1 200"

        def is_closing(self) -> bool:
            return False

    secret = a_secret()
    key = decode_secret(secret)
    assert key is not None
    requests = []
    for parcel in parcels(2000, size=600):
        signed = signature_headers([key], parcel.message, "application/cloudevents+json", parcel.body)
        requests.append(b"POST /r/x HTTP/1.1\r\nhost: x\r\n%bcontent-length: %d\r\n\r\n%b" % (signed, len(parcel.body), parcel.body))
    witness = Witness()
    recipient = WebhookRecipient("x", [secret], Behaviour(answer=None), witness, lambda *_: None, "127.0.0.1", 0)
    connection = HttpConnection(recipient._receive, set())
    connection.connection_made(Wireless())
    began = time.process_time()
    for request in requests:
        connection.data_received(request)
    each = (time.process_time() - began) / len(requests)
    asyncio.run(recipient.close())
    assert len(witness.arrivals) == len(requests)
    print(f"\n{each * 1e6:.1f} µs a request")
    assert each < 100e-6
