"""Records that could not be processed: told to people, and put back on their topic by them as far as they were kept.

Of a record that nobody could read, and of an answer larger than any, there is only the place.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from uuid import UUID

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError, UnknownTopicOrPartitionError

from hub.broker.records import Record
from hub.broker.topics import DEAD_LETTERS
from hub.observe import metrics
from hub.store import Connection

_BURY = """
INSERT INTO dead_letter (topic, topic_id, partition, "offset", key, headers, value, reason, paths)
VALUES (%b, %b, %b, %b, %b, %b::text::jsonb, %b, %b, %b::text[])
ON CONFLICT (topic, topic_id, partition, "offset") DO NOTHING RETURNING id
"""
_NEWS = "INSERT INTO news (topic, events) VALUES (%b, %b)"
_COLUMNS = 'id, topic, partition, "offset", key, headers, value, reason, paths, died_at, redriven_at'
_LIST = f"""
SELECT {_COLUMNS} FROM dead_letter
WHERE id > %b::bigint AND (%b::boolean OR redriven_at IS NULL) ORDER BY id LIMIT %b::int
"""  # noqa: S608 - constants
_SHOW = f"SELECT {_COLUMNS} FROM dead_letter WHERE id = ANY(%b::bigint[]) ORDER BY id"  # noqa: S608 - constants
_WAITING = "SELECT id FROM dead_letter WHERE redriven_at IS NULL ORDER BY id"
_REDRIVEN = "UPDATE dead_letter SET redriven_at = now() WHERE id = ANY(%b::bigint[])"

# How often a record was put back: one that comes straight back says so.
REDRIVEN = "tuo-redriven"
_COUNT = re.compile(rb"[0-9]{1,9}")
# A record as large as a broker takes has no room in another: of such a one the news gives the place, and the ledger has the rest.
_MOST_TOLD = 512 * 1024


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A dead letter as it lies in the ledger."""

    id: int
    record: Record
    reason: str
    paths: list[str]
    died_at: datetime
    redriven_at: datetime | None

    @property
    def redrives(self) -> int:
        """How often this record was put back before."""
        return redrives_of(self.record)


class Fate(Enum):
    """What became of a dead letter that was to be put back. Only `REDRIVEN` is done; the others stay as they were."""

    REDRIVEN = auto()
    TOO_LARGE = auto()  # for its topic
    TOPIC_GONE = auto()
    NOTHING_KEPT = auto()


def redrives_of(record: Record) -> int:
    """How often a record says it was put back. Anybody may write that header; what is no such count of ours counts as 0."""
    return next((int(value) for name, value in record.headers if name == REDRIVEN and value and _COUNT.fullmatch(value)), 0)


async def bury(connection: Connection, record: Record, topic_id: UUID, reason: str, paths: Sequence[str] = ()) -> None:
    """Write a dead letter, and the news of it for the topic `dead-letters`; the same record twice is one dead letter."""
    place = (record.topic, str(topic_id), record.partition, record.offset)
    headers = orjson.dumps(_headers(record)).decode()
    async with connection.transaction():
        row = await connection.execute(_BURY, (*place, record.key, headers, record.value, reason, list(paths)))
        if await row.fetchone() is None:
            return
        await connection.execute(_NEWS, (DEAD_LETTERS, orjson.dumps([_event(record, topic_id, reason, paths)])))
    metrics.dead_letters.labels(record.topic).inc()


async def list_dead_letters(connection: Connection, *, after: int = 0, redriven: bool = False, limit: int = 100) -> list[DeadLetter]:
    """Dead letters above id `after`, oldest first; with `redriven` also those already put back."""
    rows = await (await connection.execute(_LIST, (after, redriven, limit))).fetchall()
    return [_letter(row) for row in rows]


async def waiting_dead_letters(connection: Connection) -> list[int]:
    """The ids of all that were not put back yet, oldest first."""
    return [id_ for (id_,) in await (await connection.execute(_WAITING)).fetchall()]


async def find_dead_letters(connection: Connection, ids: Sequence[int]) -> list[DeadLetter]:
    """The dead letters of `ids`, in their order; unknown ids are left out."""
    rows = await (await connection.execute(_SHOW, (list(ids),))).fetchall()
    return [_letter(row) for row in rows]


async def redrive(connection: Connection, producer: AIOKafkaProducer, ids: Sequence[int]) -> dict[int, Fate]:
    """Put records back on their topics as they were; what became of each, unknown ids left out.

    Sent first and marked after: a crash in between sends twice, which every processor bears.
    """
    fates: dict[int, Fate] = {}
    gone: set[str] = set()  # to find that a topic is gone takes seconds
    try:
        for letter in await find_dead_letters(connection, ids):
            topic = letter.record.topic
            fates[letter.id] = fate = Fate.TOPIC_GONE if topic in gone else await _put_back(producer, letter)
            if fate is Fate.TOPIC_GONE:
                gone.add(topic)
    finally:
        await connection.execute(_REDRIVEN, ([id_ for id_, fate in fates.items() if fate is Fate.REDRIVEN],))
    return fates


async def _put_back(producer: AIOKafkaProducer, letter: DeadLetter) -> Fate:
    record = letter.record
    if record.value is None:
        return Fate.NOTHING_KEPT
    headers = [*(h for h in record.headers if h[0] != REDRIVEN), (REDRIVEN, b"%d" % (letter.redrives + 1))]
    try:
        await producer.send_and_wait(record.topic, record.value, key=record.key, headers=headers)
    except MessageSizeTooLargeError:
        return Fate.TOO_LARGE
    except UnknownTopicOrPartitionError as error:
        if not await producer.client.force_metadata_update():  # a broker that is away names no topics either
            raise KafkaConnectionError from error
        return Fate.TOPIC_GONE
    return Fate.REDRIVEN


def _event(record: Record, topic_id: UUID, reason: str, paths: Sequence[str]) -> dict[str, object]:
    is_told = _size(record) <= _MOST_TOLD
    return {
        "id": f"{topic_id}-{record.partition}-{record.offset}",
        "topic": record.topic,
        "topicId": str(topic_id),
        "partition": record.partition,
        "offset": record.offset,
        "key": _text(record.key) if is_told else None,
        "headers": _headers(record) if is_told else [],
        "value": _text(record.value) if is_told else None,
        "reason": reason,
        "paths": list(paths),
        "at": datetime.now(UTC).isoformat(),
    }


def _size(record: Record) -> int:
    # What a name takes in JSON can be six times its length: a control character is written as an escape.
    headers = sum(6 * len(name.encode()) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + headers + len(record.value or b"")


def _headers(record: Record) -> list[tuple[str, str | None]]:
    # PostgreSQL knows no NUL in text.
    return [(name.replace("\0", "\N{REPLACEMENT CHARACTER}"), _text(value)) for name, value in record.headers]


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _letter(row: tuple[object, ...]) -> DeadLetter:
    id_, topic, partition, offset, key, headers, value, reason, paths, died_at, redriven_at = row
    assert isinstance(headers, list)
    pairs = [(name, None if text is None else base64.b64decode(text)) for name, text in headers]
    record = Record(topic, partition, offset, key, value, pairs)  # type: ignore[arg-type]
    return DeadLetter(id_, record, reason, paths, died_at, redriven_at)  # type: ignore[arg-type]
