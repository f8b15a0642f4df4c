"""How a role processes a topic: in batches, acknowledged only after durable work, with one record's fault harming no other.

Faust's `take` acknowledges in its `finally`, even when the body raised. So records are read from a stream that does
not acknowledge by itself, gathered here, and acknowledged one by one when their batch was handled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import faust
import psycopg
from aiokafka.errors import KafkaConnectionError, KafkaError, KafkaTimeoutError, RequestTimedOutError

from hub.broker import Record, TopicWatch, Unprocessable, bury, refuse_unreadable
from hub.observe import log
from hub.privacy import WrongMasterKey
from hub.roles import DEFECT, end_now
from hub.store import LEDGER_AWAY, Pool

# Handles a whole batch, durably: when it returns, the records may be acknowledged. It may be given the same again.
Handle = Callable[[Sequence[Record]], Awaitable[None]]

# What says of the world, and not of a record, that it cannot be done now.
_AWAY = (*LEDGER_AWAY, KafkaConnectionError, KafkaTimeoutError, RequestTimedOutError, ConnectionError, TimeoutError, WrongMasterKey)
_TOO_MUCH = "54"  # program limit exceeded: operational by psycopg's classes, and the same however long one waits
_FIRST_WAIT = 0.1
_LONGEST_WAIT = 2.0


def is_away(error: Exception) -> bool:
    """Whether an error says that the database, the broker or the right master key is away, and nothing of the work itself."""
    if isinstance(error, psycopg.Error) and (error.sqlstate or "").startswith(_TOO_MUCH):
        return False
    return isinstance(error, _AWAY) or (isinstance(error, KafkaError) and error.retriable)


@dataclass(frozen=True, slots=True)
class Room:
    """What processing needs: where to bury, which topic ids, and how large and how long a batch may gather (seconds)."""

    pool: Pool
    watch: TopicWatch
    size: int = 256
    within: float = 0.004


class Batches:
    """Processes one topic in batches.

    `handle` gets a batch and makes its work durable before it returns. Where it raises, an absent database or broker is
    waited for; any other failing batch is repeated record by record; a record that fails alone goes to dead letters.
    What can do none of these ends the process, unacknowledged.
    """

    def __init__(self, topic: str, handle: Handle, room: Room) -> None:
        self.topic = topic
        self._handle = handle
        self._room = room
        self._gathered: asyncio.Queue[Any] = asyncio.Queue(maxsize=2 * room.size)

    def read_with(self, app: faust.App) -> None:
        """Let `app` read the topic for us, from when it starts."""
        source = app.topic(self.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

        @app.agent(source, name=f"tuo.{self.topic}", concurrency=1)
        async def read(stream: Any) -> None:
            async for event in stream.noack().events():
                await self._gathered.put(event)

    async def run(self) -> None:
        """Work for ever."""
        crowded = False
        while True:
            # Where one came alone nobody waits for a second: the next is gathered while this one is handled.
            events = await _gather(self._gathered, self._room.size, self._room.within if crowded else 0.0)
            crowded = len(events) > 1
            try:
                await _process([_record(event.message) for event in events], self._handle, self._room)
            except Exception as error:
                log.critical("processing.impossible", topic=self.topic, count=len(events), exc_info=error)
                end_now(DEFECT)
            for event in events:
                event.ack()


async def _gather(gathered: "asyncio.Queue[Any]", size: int, within: float) -> list[Any]:
    events = [await gathered.get()]
    if gathered.qsize() < size:
        await asyncio.sleep(within)
    while len(events) < size and not gathered.empty():
        events.append(gathered.get_nowait())
    return events


def _record(message: Any) -> Record:
    return Record(message.topic, message.partition, message.offset, message.key, message.value, message.headers or ())


async def _process(records: Sequence[Record], handle: Handle, room: Room) -> None:
    """Handle `records`, or bury those of them that cannot be handled alone."""
    try:
        refuse_unreadable(records)
        await _patiently(lambda: handle(records), records[0].topic)
        return
    except Exception as error:
        failed = error
    if len(records) == 1:
        await _patiently(lambda: _bury(records[0], failed, room), records[0].topic)
        return
    log.warning("processing.batch-failed", topic=records[0].topic, count=len(records), exc_info=failed)
    for record in records:
        await _process([record], handle, room)


async def _bury(record: Record, error: Exception, room: Room) -> None:
    log.error("processing.dead-letter", topic=record.topic, partition=record.partition, offset=record.offset, exc_info=error)
    reason, paths = (error.reason, error.paths) if isinstance(error, Unprocessable) else (f"defect:{type(error).__name__}", [])
    async with room.pool.connection() as connection:
        await bury(connection, record, room.watch.id_of(record.topic), reason, paths)


async def _patiently(act: Callable[[], Any], topic: str) -> None:
    """Do `act`; while the database or the broker is away, wait and do it again."""
    wait = _FIRST_WAIT
    while True:
        try:
            await act()
        except Exception as error:
            if not is_away(error):
                raise
            log.warning("processing.waits", topic=topic, cause=type(error).__name__)
        else:
            return
        await asyncio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)
