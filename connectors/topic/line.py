"""The line to the brokers: one idempotent producer, and the ids of the topics it writes to."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import kafka.errors
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError
from kafka.admin import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from connectors.topic.ids import topic_ids

_FRESH = 2.0  # seconds for which a topic's id is taken as read
_MAX_REQUEST = 1 << 20
_LAST_WORDS = 2.0  # seconds for a producer that is put away to get rid of what it holds


@dataclass(frozen=True, slots=True)
class _Known:
    topic_id: str
    until: float


class Line:
    """Producer and topic ids, started when first needed and again after a failure."""

    def __init__(self, bootstrap: str, request_timeout: float) -> None:
        self._bootstrap = bootstrap
        self._request_timeout = request_timeout
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._reading = asyncio.Lock()
        self._known: dict[str, _Known] = {}
        self._asked: dict[str, int] = {}
        self._endings: set[asyncio.Task[None]] = set()

    async def producer(self) -> AIOKafkaProducer:
        """The producer, connected. Raises `KafkaError` where no broker answers."""
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._bootstrap,
                    client_id="tuo-deliver-topic",
                    enable_idempotence=True,
                    acks="all",
                    max_request_size=_MAX_REQUEST,
                    max_batch_size=256 * 1024,
                    request_timeout_ms=int(self._request_timeout * 1000),
                    retry_backoff_ms=50,
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.client.close()
                    producer._closed = True
                    raise
                self._producer = producer
            return self._producer

    async def topic_id(self, topic: str, retention_hours: int) -> str:
        """The id of `topic` as read at most two seconds ago; a missing topic is made. Raises `KafkaError`.

        It is read before anything is written: where a topic is replaced in between, the old id stands beside the new
        offset, and the message is placed once more. Read afterwards, it could say of a lost message that it lies there.
        """
        while (known := self._known.get(topic)) is None or known.until < _now():
            self._asked[topic] = retention_hours
            async with self._reading:
                # Who waited here was asked for too, and most often has been answered.
                if topic in self._asked:
                    await self._read()
        return known.topic_id

    async def _read(self) -> None:
        asked, self._asked = self._asked, {}
        client = (await self.producer()).client
        until = _now() + _FRESH
        ids = await topic_ids(client, list(asked))
        missing = {topic: hours for topic, hours in asked.items() if topic not in ids}
        if missing:
            await asyncio.to_thread(_make, self._bootstrap, missing, self._request_timeout)
            ids |= await topic_ids(client, list(missing))
        self._known |= {topic: _Known(topic_id, until) for topic, topic_id in ids.items()}

    def put_away(self, producer: AIOKafkaProducer) -> None:
        """Use `producer` no more. After a failure its sequence numbers do not fit the broker's any longer."""
        if self._producer is producer:
            self._producer = None
            ending = asyncio.create_task(_end(producer))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def close(self) -> None:
        if self._producer is not None:
            self.put_away(self._producer)
        if self._endings:
            await asyncio.wait(self._endings)


async def _end(producer: AIOKafkaProducer) -> None:
    stopping = asyncio.create_task(producer.stop())
    await asyncio.wait([stopping], timeout=_LAST_WORDS)
    stopping.cancel()
    with contextlib.suppress(KafkaError, asyncio.CancelledError):
        await stopping
    await producer.client.close()


def _make(bootstrap: str, topics: Mapping[str, int], patience: float) -> None:
    """Make topics, each with its retention in hours. aiokafka would have to be told how many copies; the cluster knows."""
    milliseconds = int(patience * 1000)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), bootstrap_timeout_ms=milliseconds, request_timeout_ms=milliseconds)
    wanted = {name: {"num_partitions": 1, "configs": {"retention.ms": str(hours * 3_600_000)}} for name, hours in topics.items()}
    try:
        admin.create_topics(wanted, wait_for_metadata=True)
    except TopicAlreadyExistsError:
        pass
    except kafka.errors.TopicAuthorizationFailedError as error:
        raise TopicAuthorizationFailedError from error
    except kafka.errors.KafkaError as error:
        raise KafkaError(type(error).__name__) from error
    finally:
        admin.close()


def _now() -> float:
    return asyncio.get_running_loop().time()
