"""The names of the hub's topics, their making, and their ids.

A topic that was deleted and made again has the same name and another id: offsets kept for the old one mean nothing in it.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError

LIFE_EVENTS = "life-events"
DELIVERY_STATUS = "delivery-status"
DEAD_LETTERS = "dead-letters"

# Work is spread over processes by its partitions. The topics that one recipient has to itself stay at one: its own
# order is kept there, and it is one back office that reads.
_SPREAD = 4
# Whatever a writer compresses lies open: so the broker measures what a reader will hold, and a reader needs no codecs.
_CONFIGS = {"compression.type": "uncompressed"}
_UNKNOWN_TOPIC = 3
_PATIENCE_MS = 5_000


def deliveries(connector: str) -> str:
    """The wake-ups of one connector kind."""
    return f"deliveries.{connector}"


def acknowledgements(recipient: str) -> str:
    """One recipient's answers; only it can write there."""
    return f"acknowledgements.{recipient}"


def recipient_topic(recipient: str) -> str:
    """What a recipient with a Kafka consumer of its own reads."""
    return f"recipient.{recipient}"


def partitions_of(topic: str) -> int:
    """How many partitions the hub gives a topic it makes."""
    return _SPREAD if topic in (LIFE_EVENTS, DELIVERY_STATUS) or topic.startswith("deliveries.") else 1


class Topics:
    """Makes topics and reads their ids, over one connection of its own. One user at a time; close it after use."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap.split(",")
        self._client: Any = None

    async def ensure(self, names: Iterable[str]) -> None:
        """Make what is missing; somebody else making it at the same moment is as good. Raises `KafkaError`."""
        await asyncio.to_thread(self._ensure, list(names))

    async def ids(self, names: Iterable[str]) -> dict[str, UUID]:
        """The ids of those of `names` that exist. Raises `KafkaError`."""
        return await asyncio.to_thread(self._ids, list(names))

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _ensure(self, names: Sequence[str]) -> None:
        with self._connected() as client:
            while missing := sorted(set(names) - self._ids(names).keys()):
                wanted = {name: {"num_partitions": partitions_of(name), "configs": _CONFIGS} for name in missing}
                # In a race some are refused as existing; the next look finds those, or makes the others.
                with contextlib.suppress(TopicAlreadyExistsError):
                    client.create_topics(wanted, timeout_ms=_PATIENCE_MS, wait_for_metadata=True)

    def _ids(self, names: Sequence[str]) -> dict[str, UUID]:
        with self._connected() as client:
            found = client.describe_topics(list(names))
        return {topic["name"]: UUID(str(topic["topic_id"])) for topic in found if topic["error_code"] != _UNKNOWN_TOPIC}

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Any]:
        try:
            if self._client is None:
                _knock(self._bootstrap)
                self._client = KafkaAdminClient(
                    bootstrap_servers=self._bootstrap,
                    client_id="tuo-topics",
                    request_timeout_ms=_PATIENCE_MS,
                    bootstrap_timeout_ms=_PATIENCE_MS,
                )
            yield self._client
        except KafkaError:
            self._close()
            raise

    def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _knock(bootstrap: Sequence[str]) -> None:
    """See that one broker listens: a client that finds none never gives its sockets back."""
    for address in bootstrap:
        host, _, port = address.rpartition(":")
        with contextlib.suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), _PATIENCE_MS / 1000):
            return
    raise KafkaConnectionError(f"no broker listens at {', '.join(bootstrap)}")


async def ensure_topics(bootstrap: str, *names: str) -> None:
    """Make those of `names` that are missing. Raises `KafkaError` where the broker does not answer within 5 s."""
    topics = Topics(bootstrap)
    try:
        await topics.ensure(names)
    finally:
        await topics.close()
