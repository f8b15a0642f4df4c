"""The topic connector: a batch of parcels goes to the recipient's topic in order, and lies there for it to collect."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)

from connectors.contract import Endpoint, EndpointFault, Outcome, Parcel, Placed, Refused, Retry
from connectors.topic.line import Line
from connectors.topic.settings import TopicSettings, settings_faults

_BATCH = 200
_CONTENT_TYPE = ("content-type", b"application/cloudevents+json; charset=utf-8")  # CloudEvents, Kafka binding §3.3
_NO_RIGHT = (TopicAuthorizationFailedError, ClusterAuthorizationFailedError)


def topic_of(recipient: str) -> str:
    """Where `recipient` collects."""
    return f"recipient.{recipient}"


class TopicConnector:
    """Writes to any number of recipients' topics over one producer. A call lasts at most `timeout` seconds."""

    kind = "topic"

    def __init__(self, bootstrap: str, *, timeout: float = 10.0) -> None:
        self._timeout = timeout
        self._line = Line(bootstrap, timeout / 2)

    def check(self, settings: Mapping[str, Any]) -> list[str]:
        return settings_faults(settings)

    def batch_size(self, endpoint: Endpoint) -> int:
        return _BATCH

    async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        topic = topic_of(endpoint.recipient)
        settings = TopicSettings.model_validate(endpoint.settings)
        ends = asyncio.get_running_loop().time() + self._timeout
        try:
            async with asyncio.timeout(self._timeout / 2):
                topic_id = await self._line.topic_id(topic, settings.retention_hours)
                producer = await self._line.producer()
        except _NO_RIGHT:
            return [EndpointFault("not-authorised", unsent=True)] * len(parcels)
        except (KafkaError, TimeoutError):
            # Proof: no parcel has been handed to the producer yet.
            return [Retry("broker-away", unsent=True)] * len(parcels)
        return await self._publish(producer, topic, topic_id, parcels, ends)

    async def close(self) -> None:
        await self._line.close()

    async def _publish(
        self, producer: AIOKafkaProducer, topic: str, topic_id: str, parcels: Sequence[Parcel], ends: float
    ) -> Sequence[Outcome]:
        appended: list[asyncio.Future[Any] | Outcome] = []
        try:
            async with asyncio.timeout_at(ends):
                for parcel in parcels:
                    appended.append(await _append(producer, topic, parcel))
                waiting = [future for future in appended if isinstance(future, asyncio.Future)]
                if waiting:
                    await asyncio.wait(waiting)
        except TimeoutError:
            # An idempotent producer goes on trying. The one that has these stays, so that they come before what follows.
            appended += [Retry("timeout")] * (len(parcels) - len(appended))
        except KafkaError as error:
            self._line.put_away(producer)
            appended += [Retry(_cause(error))] * (len(parcels) - len(appended))
        return [self._outcome(producer, topic, topic_id, item) for item in appended]

    def _outcome(self, producer: AIOKafkaProducer, topic: str, topic_id: str, item: asyncio.Future[Any] | Outcome) -> Outcome:
        if not isinstance(item, asyncio.Future):
            return item
        if not item.done():
            item.add_done_callback(_forget)
            return Retry("timeout")
        error = item.exception()
        if error is None:
            placed = item.result()
            # The broker knew it already and no longer where: said again it gets an offset, under the same id.
            return Placed(topic, topic_id, placed.partition, placed.offset) if placed.offset >= 0 else Retry("offset-unknown")
        self._line.put_away(producer)
        if isinstance(error, _NO_RIGHT):
            return EndpointFault("not-authorised")
        if isinstance(error, MessageSizeTooLargeError):
            return Refused("too-large")
        return Retry(_cause(error))


async def _append(producer: AIOKafkaProducer, topic: str, parcel: Parcel) -> asyncio.Future[Any] | Outcome:
    headers = [_CONTENT_TYPE, ("message-id", parcel.message.encode())]
    try:
        future: asyncio.Future[Any] = await producer.send(topic, value=parcel.body, key=parcel.key.encode(), headers=headers)
    except MessageSizeTooLargeError:
        return Refused("too-large")
    return future


def _cause(error: BaseException) -> str:
    """The error's name as a code; its text may quote what it could not send."""
    name = type(error).__name__.removesuffix("Error")
    return "kafka-" + "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")


def _forget(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()
