"""What the suite needs of each connector: a recipient of its kind that can go away, come back, and say what it got."""

import asyncio
import base64
import itertools
import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import uuid4

import orjson
from kafka import KafkaConsumer, TopicPartition

from connectors.contract import Connector, Endpoint, Parcel
from connectors.kit.simulator import Behaviour, Simulator, Wire
from connectors.kit.simulator.control import Entry
from connectors.topic import TopicConnector
from connectors.webhook import WebhookConnector
from hub import local
from schemas.ids import message_id, new_id

_numbers = itertools.count(1)


def a_secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def parcels(count: int, *, size: int = 0, version: int = 1) -> list[Parcel]:
    """Messages about different people, as planning makes them."""
    made = []
    for _ in range(count):
        delivery, subject = new_id(), str(uuid4())
        message = message_id(delivery, 1)
        event = {
            "specversion": "1.0",
            "id": message,
            "source": "http://hub.test",
            "type": "uk.tellusonce.bereavement.notified.v1",
            "subject": subject,
            "caseversion": version,
            "data": {"dateOfDeath": "2026-03-01", "padding": "x" * size},
        }
        made.append(Parcel(delivery, message, subject, orjson.dumps(event)))
    return made


class Rig(Protocol):
    """A connector, an endpoint of its kind, and the recipient behind it."""

    connector: Connector
    endpoint: Endpoint
    bad_settings: Sequence[Mapping[str, Any]]
    timeout: float

    async def go_away(self) -> None: ...

    async def come_back(self) -> None: ...

    async def received(self) -> list[tuple[str, bytes]]:
        """Id and content of every message, in order of arrival."""

    async def close(self) -> None: ...


class WebhookRig:
    """A webhook recipient in the simulator."""

    timeout = 2.0
    bad_settings: Sequence[Mapping[str, Any]] = (
        {},
        {"url": "ftp://council.example/in", "secrets": [a_secret()]},
        {"url": "https://user:word@council.example/", "secrets": [a_secret()]},
        *({"url": f"https://{host}/", "secrets": [a_secret()]} for host in ("a..b", ".council.example", "c" * 64 + ".example", "rat_é")),
        {"url": "https://council.example/", "secrets": []},
        {"url": "https://council.example/", "secrets": ["whsec_c2hvcnQ="]},
        {"url": "https://council.example/", "secrets": [a_secret()], "batch": 0},
        {"url": "https://council.example/", "secrets": [a_secret()], "follow": True},
    )

    def __init__(self, batch: int = 1) -> None:
        self.simulator = Simulator("http://127.0.0.1:9", keep=True)
        self.connector = WebhookConnector(allow_private=True)
        self.name = f"council-{next(_numbers)}"
        self.secrets = [a_secret(), a_secret()]
        self._batch = batch

    async def open(self, behaviour: Behaviour | None = None, live: Sequence[str] = ()) -> None:
        """`live`: the secrets the recipient knows; else all."""
        url = await self.simulator.put(self.name, Entry(secrets=tuple(live or self.secrets), behaviour=behaviour or Behaviour()))
        self.endpoint = self.endpoint_at(str(url))

    def endpoint_at(self, url: str) -> Endpoint:
        return Endpoint(self.name, {"url": url, "secrets": self.secrets, "batch": self._batch, "timeout": self.timeout})

    async def behave(self, **how: Any) -> None:
        await self.simulator.behave(self.name, Behaviour(**how))

    async def go_away(self) -> None:
        await self.behave(wire=Wire.DOWN)

    async def come_back(self) -> None:
        await self.behave()

    async def received(self) -> list[tuple[str, bytes]]:
        return [(a.message, orjson.dumps(self.simulator.witness.contents[a.message])) for a in self.simulator.witness.arrivals]

    async def close(self) -> None:
        await self.connector.close()
        await self.simulator.close()


class TopicRig:
    """A recipient's topic on a broker of its own, so that the broker can go away."""

    timeout = 3.0
    bad_settings: Sequence[Mapping[str, Any]] = (
        {},
        {"group": "two words"},
        {"group": "office", "retentionHours": 0},
        {"group": "office", "topic": "of-my-own"},
    )

    def __init__(self, broker: "Broker") -> None:
        self._broker = broker
        self.connector = TopicConnector(broker.bootstrap, timeout=self.timeout)
        self.endpoint = Endpoint(f"council-{next(_numbers)}", {"group": "office"})

    @property
    def topic(self) -> str:
        return f"recipient.{self.endpoint.recipient}"

    async def go_away(self) -> None:
        self._broker.stop()

    async def come_back(self) -> None:
        self._broker.start()

    async def received(self) -> list[tuple[str, bytes]]:
        records = await asyncio.to_thread(read_all, self._broker.bootstrap, self.topic)
        return [(dict(record.headers)["message-id"].decode(), record.value) for record in records]

    async def close(self) -> None:
        await self.connector.close()
        self._broker.start()


class Broker:
    """One embedded broker that is stopped and started on the same files and ports, from the main thread: it ends with its thread."""

    def __init__(self, server: local.Kafka, log: Any) -> None:
        self._server = server
        self._log = log
        self._running: Any = None
        self.process: Any = None
        self.bootstrap = server.bootstrap

    def start(self) -> None:
        if self._running is None:
            self._running = local.running(self._server, self._log)
            self.process = self._running.__enter__()

    def stop(self) -> None:
        if self._running is not None:
            self._running.__exit__(None, None, None)
            self._running = None


def read_all(bootstrap: str, topic: str) -> list[Any]:
    """Every record of a topic, in order; none where there is no such topic."""
    consumer = KafkaConsumer(bootstrap_servers=[bootstrap], auto_offset_reset="earliest", enable_auto_commit=False)
    try:
        places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(places)
        ends = consumer.end_offsets(places) if places else {}
        records: list[Any] = []
        while any(consumer.position(place) < ends[place] for place in places):
            records += [record for batch in consumer.poll(timeout_ms=1000).values() for record in batch]
        return records
    finally:
        consumer.close()
