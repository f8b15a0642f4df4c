"""A back office's own consumer: reads what the hub placed on its topic, and answers.

A parish can be running in an afternoon. It needs Python, `pip install kafka-python`, and from the hub's operator
the broker's address, its recipient id and the group named in its entry:

    from connectors.kit import Consumer

    for message in Consumer("broker:9092", "stevenage.council-tax", "stevenage-back-office"):
        person = message.data                  # the fields the agreement names, and no others
        account = find_account(person)
        if account is None:
            message.no_record()
        else:
            account.close(person["dateOfDeath"])
            message.applied()

Each message is answered before the next is taken; the answer is on the broker before the place in the topic is
committed. After a crash the last one comes again, and is known by its id. An older version of a case that comes after a newer one is
handed over with `message.is_stale`: read it if you like, do not apply it, and go on.
"""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from connectors.kit.memory import Known, Memory
from schemas.acknowledgement import Acknowledgement, Answer

_PATIENCE = 30.0  # seconds for the broker to take an answer
_JOIN_WITHIN, _JOIN_WITHIN_MOST = 5.0, 300.0  # seconds


class Unanswered(Exception):
    """The loop went on to the next message before this one was answered."""

    def __init__(self) -> None:
        super().__init__("answer each message before the next: applied, no_record, rejected, needs_information or received")


class Message:
    """One event of the hub for this recipient."""

    def __init__(self, event: Mapping[str, Any], consumer: "Consumer", place: TopicPartition, offset: int, is_stale: bool) -> None:
        self.event = event
        self.is_stale = is_stale
        self.is_answered = False
        self._consumer = consumer
        self._place = place
        self._offset = offset

    @property
    def id(self) -> str:
        """The id on the wire, the same each time this content comes."""
        return str(self.event["id"])

    @property
    def data(self) -> Mapping[str, Any]:
        """The fields the agreement names."""
        data: Mapping[str, Any] = self.event.get("data") or {}
        return data

    @property
    def notice(self) -> str:
        """What it says: `notified`, `corrected`, `withdrawn`, `cancelled` (the registration) or `retracted` (not dead)."""
        return str(self.event["type"]).split(".")[3]

    def applied(self) -> None:
        """The change is made."""
        self._answer(Acknowledgement(answer=Answer.APPLIED))

    def no_record(self) -> None:
        """Nobody of that description is on record here."""
        self._answer(Acknowledgement(answer=Answer.NO_RECORD))

    def rejected(self, reason: str) -> None:
        """It will not be applied; `reason` says why in plain words of at least ten characters. Raises `ValueError`."""
        self._answer(Acknowledgement(answer=Answer.REJECTED, reason=reason))

    def needs_information(self, question: str) -> None:
        """It cannot be applied before `question` is answered. Raises `ValueError`."""
        self._answer(Acknowledgement(answer=Answer.NEEDS_INFORMATION, reason=question))

    def received(self) -> None:
        """It is here, and you say no more: the committed place in the topic tells the hub so."""
        self._answer(None)

    def _answer(self, acknowledgement: Acknowledgement | None) -> None:
        if acknowledgement is not None:
            self._consumer._say(self.id, acknowledgement)
        self._consumer._done(self.event, self._place, self._offset)
        self.is_answered = True


class Consumer:
    """Iterate over it; it waits for more until `stop()` is called. Not to be shared between threads.

    `memory` names a file in which ids and versions are kept over restarts; without one they are kept while this runs.
    Further keyword arguments (`security_protocol`, `ssl_cafile`, `sasl_…`) go to kafka-python's clients.
    """

    def __init__(self, bootstrap: str, recipient: str, group: str, *, memory: Path | None = None, **connection: Any) -> None:
        servers = bootstrap.split(",")
        self._topic, self._group, self._servers, self._connection = f"recipient.{recipient}", group, servers, connection
        self._answers = f"acknowledgements.{recipient}"
        self._memory = Memory(memory)
        self._stopped = False
        self._producer = KafkaProducer(bootstrap_servers=servers, acks="all", **connection)
        self._join_within = _JOIN_WITHIN
        self._join()

    def _join(self) -> None:
        self._consumer = KafkaConsumer(
            self._topic,
            bootstrap_servers=self._servers,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=100,
            session_timeout_ms=10_000,
            metadata_max_age_ms=5_000,
            **self._connection,
        )
        self._join_by = time.monotonic() + self._join_within

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Iterator[Message]:
        while not self._stopped:
            for place, records in self._consumer.poll(timeout_ms=200).items():
                for record in records:
                    if self._stopped:
                        return
                    yield from self._take(place, record)
            self._see_to_membership()

    def _see_to_membership(self) -> None:
        """Join anew after a while without a place in the group. Seen with kafka-python 3.0.12 on a broker just started: one
        that asked for the group's coordinator too early waits for that answer for ever, and polls on without an error.
        Where another has the topic's only partition this is nothing but a new application, and comes ever more seldom."""
        if self._consumer.assignment():
            self._join_within, self._join_by = _JOIN_WITHIN, time.monotonic() + _JOIN_WITHIN
        elif time.monotonic() > self._join_by:
            self._consumer.close(autocommit=False, timeout_ms=1_000)
            self._join_within = min(2 * self._join_within, _JOIN_WITHIN_MOST)
            self._join()

    def stop(self) -> None:
        """End the iteration after the message in hand. May be called from another thread or a signal's handler."""
        self._stopped = True

    def close(self) -> None:
        """Leave the group, so that another consumer takes over at once."""
        self._consumer.close()
        self._producer.close(timeout=_PATIENCE)
        self._memory.close()

    def _take(self, place: TopicPartition, record: Any) -> Iterator[Message]:
        event = json.loads(record.value)
        known = self._memory.judge(event)
        if known is Known.REPEATED:
            self._commit(place, record.offset)
            return
        message = Message(event, self, place, record.offset, known is Known.STALE)
        yield message
        if message.is_stale and not message.is_answered:
            message.received()
        if not message.is_answered:
            raise Unanswered

    def _say(self, message_id: str, acknowledgement: Acknowledgement) -> None:
        value = acknowledgement.model_dump_json(by_alias=True, exclude_none=True).encode()
        self._producer.send(self._answers, key=message_id.encode(), value=value).get(timeout=_PATIENCE)

    def _done(self, event: Mapping[str, Any], place: TopicPartition, offset: int) -> None:
        self._memory.remember(event)
        self._commit(place, offset)

    def _commit(self, place: TopicPartition, offset: int) -> None:
        self._consumer.commit({place: OffsetAndMetadata(offset + 1, "", -1)})
