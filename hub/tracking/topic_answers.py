"""Reads recipients' answers from `acknowledgements.<recipient>`: key the message id, value an acknowledgement."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import ValidationError

from hub.broker import Record, TopicWatch, Unprocessable, acknowledgements, refuse_unreadable
from hub.observe import log
from hub.privacy import Keys, WrongMasterKey
from hub.roles import end_tasks
from hub.settings import Settings
from hub.store import LEDGER_AWAY, Pool
from hub.tracking.answering import acknowledge_many
from hub.tracking.burying import bury_answer, unsealed
from hub.tracking.clearing import Clearing
from hub.tracking.rules import Answered, Refusal
from schemas import LARGEST_ACKNOWLEDGEMENT, faults, parse_acknowledgement

GROUP = "tuo-track"
_MOST = 500
_PREFIX = acknowledgements("")
_AWAY = (*LEDGER_AWAY, WrongMasterKey)  # a wrong master key says nothing of an answer, and loses none
_WAITS = (0.1, 0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class AnswerReader:
    """Takes batches of records; when `handle` returns they may be committed."""

    pool: Pool
    keys: Keys
    watch: TopicWatch

    async def handle(self, records: Sequence[Record]) -> None:
        """Take every answer, or bury it. An absent database is waited for, and so is the right master key."""
        tries = 0
        while True:
            try:
                await self._take_all(records)
            except _AWAY as error:
                log.warning("answers.waits", count=len(records), cause=type(error).__name__)
                await asyncio.sleep(_WAITS[min(tries, len(_WAITS) - 1)])
                tries += 1
            else:
                return

    async def _take_all(self, records: Sequence[Record]) -> None:
        try:
            await self._take(records)
        except _AWAY:
            raise
        except Exception:
            # One of them is not as it should be: each for itself, so that it harms no other.
            log.exception("answers.batch-failed", count=len(records))
            for record in records:
                await self._take_alone(record)

    async def _take_alone(self, record: Record) -> None:
        try:
            await self._take([record])
        except _AWAY:
            raise
        except Exception:
            log.exception("answers.record-failed", topic=record.topic, partition=record.partition, offset=record.offset)
            await self._bury([(record, Unprocessable("defect"))])

    async def _take(self, records: Sequence[Record]) -> None:
        answers: list[tuple[Record, Answered]] = []
        faulty: list[tuple[Record, Unprocessable]] = []
        for record in await unsealed(self.keys, records):
            try:
                answers.append((record, read_answer(record)))
            except Unprocessable as fault:
                faulty.append((record, fault))
        if answers:
            async with self.pool.connection() as connection:
                results = await acknowledge_many(connection, self.keys, [answer for _, answer in answers])
            told = zip(answers, results, strict=True)
            faulty += [(record, Unprocessable(result.value)) for (record, _), result in told if isinstance(result, Refusal)]
        if faulty:
            await self._bury(faulty)

    async def _bury(self, faulty: Sequence[tuple[Record, Unprocessable]]) -> None:
        # Together: all recipients' answers come this way, and a thousand commits for one writer's mistakes keep the others waiting.
        async with self.pool.connection() as connection, connection.transaction():
            for record, fault in faulty:
                await bury_answer(connection, self.keys, record, self.watch.id_of(record.topic), fault)


def read_answer(record: Record) -> Answered:
    """The answer in a record; whose topic it is says who gave it. Raises `Unprocessable`."""
    refuse_unreadable([record])
    if record.key is None or record.value is None:
        raise Unprocessable("empty")
    if len(record.value) > LARGEST_ACKNOWLEDGEMENT or len(record.key) > 64:
        raise Unprocessable("too-large")
    try:
        said = parse_acknowledgement(record.value)
    except ValidationError as error:
        raise Unprocessable("not-an-acknowledgement", [fault.field for fault in faults(error)]) from None
    return Answered(record.key.decode("ascii", "replace"), record.topic.removeprefix(_PREFIX), said, "topic")


async def read_answers(settings: Settings, reader: AnswerReader, topics: Sequence[str]) -> None:
    """Read `topics` until cancelled; offsets are committed after the ledger has the answers, which then leave the topic.
    Raises `KafkaError`.

    No static membership here: the topics change with the register, and the broker gives a static member that comes
    back its old assignment, whatever it now asks for.
    """
    await reader.watch.ready()
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=settings.kafka_bootstrap.split(","),
        client_id=f"tuo-track-{settings.worker}",
        group_id=GROUP,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=6000,
        heartbeat_interval_ms=2000,
        max_poll_interval_ms=24 * 3600 * 1000,  # an absent database is waited for
    )
    clearing = Clearing(settings)
    beside = asyncio.create_task(clearing.run(consumer))
    try:
        await consumer.start()
        while True:
            fetched = await consumer.getmany(timeout_ms=500, max_records=_MOST)
            records = [_record(message) for messages in fetched.values() for message in messages]
            if records:
                await reader.handle(records)
                taken = {TopicPartition(one.topic, one.partition): one.offset + 1 for one in records}
                await consumer.commit(taken)
                clearing.note(taken)
    finally:
        await end_tasks([beside])
        await consumer.stop()


def _record(message: Any) -> Record:
    return Record(message.topic, message.partition, message.offset, message.key, message.value, message.headers)
