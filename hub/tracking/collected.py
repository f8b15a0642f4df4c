"""What recipients collected from their topics, and what was lost there before they did.

A placement remembers topic id, partition and offset. The offset committed by the one consumer group named in the
recipient's entry says that all below it was collected. Where the topic was made anew, or its retention passed a
placement unread, the delivery is queued again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from hub.broker import recipient_topic
from hub.privacy import Keys
from hub.store import Change, Connection, Pool, record_changes
from hub.tracking.answering import acknowledge_many
from hub.tracking.rules import Answered
from schemas import Acknowledgement, Answer, State, message_id

PLACEMENT_LOST = "placement-lost"
_MOST = 500

_COLLECTED = """
SELECT delivery, message FROM placement
WHERE collected_at IS NULL AND topic = %b AND partition = %b AND "offset" < %b AND topic_id = %b
ORDER BY "offset" LIMIT %b
"""
_LOST = """
SELECT delivery, message, lane FROM placement
WHERE collected_at IS NULL AND topic = %b AND (partition = %b AND "offset" < %b OR topic_id <> %b)
ORDER BY "offset" LIMIT %b
"""
_LOCK_LANES = "SELECT FROM lane WHERE id = ANY(%b::int[]) ORDER BY id FOR NO KEY UPDATE"
_REQUEUE = """
UPDATE delivery SET state = %(queued)b, due_at = now(), changed_at = now(), reason = %(reason)b
FROM unnest(%(ids)b::uuid[], %(messages)b::smallint[]) AS lost (id, message)
WHERE delivery.id = lost.id AND delivery.message = lost.message AND delivery.state = %(placed)b
  AND delivery.id = ANY(%(ids)b::uuid[]) AND delivery.id BETWEEN %(low)b AND %(high)b
RETURNING delivery.id, case_id, lane, version
"""
_FORGET = """
DELETE FROM placement USING unnest(%b::uuid[], %b::smallint[]) AS lost (delivery, message)
WHERE placement.delivery = lost.delivery AND placement.message = lost.message
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """One partition of a recipient's topic, as the broker has it: what is kept, and what was collected."""

    recipient: str
    topic_id: UUID
    partition: int
    start: int  # the lowest offset still kept
    committed: int  # everything below was collected


async def note_collected(pool: Pool, keys: Keys, shelf: Shelf) -> int:
    """Accept what was collected from a shelf. Returns how many."""
    topic = recipient_topic(shelf.recipient)
    given = (topic, shelf.partition, shelf.committed, str(shelf.topic_id), _MOST)
    async with pool.connection() as connection:
        rows = await (await connection.execute(_COLLECTED, given)).fetchall()
        answers = [Answered(message_id(*row), shelf.recipient, Acknowledgement(answer=Answer.ACCEPTED), "collected") for row in rows]
        if answers:
            await acknowledge_many(connection, keys, answers)
    return len(rows)


async def requeue_lost(pool: Pool, shelf: Shelf) -> int:
    """Queue again what lay on a shelf and is gone. Call it after `note_collected` has found nothing more. Returns how many."""
    given = (recipient_topic(shelf.recipient), shelf.partition, shelf.start, str(shelf.topic_id), _MOST)
    async with pool.connection() as connection, connection.transaction():
        rows = await (await connection.execute(_LOST, given)).fetchall()
        if rows:
            await _requeue(connection, shelf.recipient, rows)
    return len(rows)


async def _requeue(connection: Connection, recipient: str, rows: Sequence[tuple[UUID, int, int]]) -> None:
    ids, messages = [row[0] for row in rows], [row[1] for row in rows]
    await connection.execute(_LOCK_LANES, (sorted({row[2] for row in rows}),))
    given: Mapping[str, object] = {
        "ids": ids,
        "messages": messages,
        "low": min(ids),
        "high": max(ids),
        "queued": int(State.QUEUED),
        "placed": int(State.PLACED),
        "reason": PLACEMENT_LOST,
    }
    moved = await (await connection.execute(_REQUEUE, given)).fetchall()
    await connection.execute(_FORGET, (ids, messages))
    changes = [
        Change(id_, case, recipient, lane, version, State.PLACED, State.QUEUED, PLACEMENT_LOST) for id_, case, lane, version in moved
    ]
    await record_changes(connection, changes, datetime.now(UTC))
