"""Watches from outside that planning never commits an offset before the work it stands for is durable.

What is committed is read first and the ledger second: a version below a committed offset that is neither planned nor
overtaken nor a dead letter was committed ahead of its work, however soon it is planned afterwards.
"""

import asyncio
import contextlib
import logging
import threading
from typing import Self
from uuid import UUID

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from kafka.errors import KafkaError as AdminError

from hub.broker import Topics
from hub.streams import group_of
from tests.hub import Hub

_TOPIC, _ROLE = "life-events", "plan"
_EVERY = 0.5
# It says on the console that a broker is away, which is what we do to it.
logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
# Read in one statement, after the offsets.
_UNDONE = """
SELECT known.case_id, known.version FROM unnest(%s::uuid[], %s::int[]) AS known (case_id, version)
JOIN cases ON cases.id = known.case_id
WHERE cases.erased_at IS NULL AND cases.merged_into IS NULL
  AND cases.effective <= known.version
  AND NOT EXISTS (SELECT FROM plan WHERE plan.case_id = known.case_id AND plan.version >= cases.effective)
  AND NOT EXISTS (SELECT FROM dead_letter WHERE topic = 'life-events')
"""


class CommitWatch:
    """Looks twice a second for as long as its block lasts. `ahead`: what was committed too early, as sentences."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._stop = threading.Event()
        self._failed: BaseException | None = None
        self.ahead: list[str] = []

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._stop.set()
        self._thread.join(30)
        if self._failed and not any(failure):
            raise self._failed

    def _run(self) -> None:
        try:
            asyncio.run(self._watch())
        except Exception as error:
            self._failed = error

    async def _watch(self) -> None:
        while not self._stop.is_set():
            # A broker or ledger that is away says nothing; topics made anew begin at offset 0 again.
            with contextlib.suppress(KafkaError, AdminError, psycopg.OperationalError, OSError):
                await self._while_it_answers()
            await asyncio.sleep(_EVERY)

    async def _while_it_answers(self) -> None:
        bootstrap = self._hub.settings().kafka_bootstrap
        topics = Topics(bootstrap)
        ids = (await topics.ids([_TOPIC])).values()
        await topics.close()
        consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group_of(_ROLE, ids),
            enable_auto_commit=False,
            request_timeout_ms=5_000,
            session_timeout_ms=5_000,
        )
        seen: _Seen = {}
        try:
            await consumer.start()
            await consumer.topics()
            parts = [TopicPartition(_TOPIC, number) for number in consumer.partitions_for_topic(_TOPIC) or ()]
            if not parts:
                return
            consumer.assign(parts)
            await consumer.seek_to_beginning()
            while not self._stop.is_set():
                await self._look(consumer, seen)
                await asyncio.sleep(_EVERY)
        finally:
            await consumer.stop()

    async def _look(self, consumer: AIOKafkaConsumer, seen: "_Seen") -> None:
        for records in (await consumer.getmany(timeout_ms=50)).values():
            for record in records:
                headers = dict(record.headers)
                seen[record.partition, record.offset] = UUID(headers["ce_caseid"].decode()), int(headers["ce_caseversion"])
        committed = {part.partition: await consumer.committed(part) or 0 for part in consumer.assignment()}
        below = {place: known for place, known in seen.items() if place[1] < committed.get(place[0], 0)}
        if not below:
            return
        cases, versions = zip(*below.values(), strict=True)
        with self._hub.ledger() as connection:
            for case, version in connection.execute(_UNDONE, (list(cases), list(versions))):
                self.ahead.append(f"the offset of case {case} version {version} was committed and nothing of it planned")
        for place in below:
            del seen[place]


_Seen = dict[tuple[int, int], tuple[UUID, int]]  # partition and offset → case and version
