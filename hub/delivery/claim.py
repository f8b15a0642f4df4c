"""Claims: what a worker may send in the next seconds, with the disclosure on record before a byte is written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hub.cases import was_told
from hub.delivery.lane import Lane
from hub.delivery.parts import Claimed
from hub.recipients import URGENT_LANE
from hub.store import Change, Connection, record_changes
from schemas.delivery import Notice, State

# Locked first and in a statement of its own: a statement that waits for a lock goes on with the snapshot it had.
# A recipient's urgent lane and its others may be sending of the same subjects, each owned by another worker: who claims for one
# of them locks all, and so sees what the others have claimed.
_LOCK_LANES = """
SELECT FROM lane WHERE id = ANY(ARRAY(
  SELECT beside.id FROM lane own JOIN lane beside ON beside.recipient = own.recipient
  WHERE own.id = ANY(%(lanes)b::int[]) AND (beside.id = own.id OR beside.split = %(urgent)b OR own.split = %(urgent)b)
)) ORDER BY id FOR NO KEY UPDATE
"""

# Only the owner claims, under the epoch it knows and a living lease; only what is still the truth (a newer version
# makes its case due for planning, which supersedes); nothing of a subject this lane is just sending something of: its owner
# knows them, for whatever was claimed before it had the lane went back when it took it; and nothing of a subject that the lane
# beside it is just sending something of: the ledger knows those.
# A recipient that is down for weeks is probed more often than a smallint counts: the count stops there.
# The bounds are those of the ids, so that PostgreSQL prunes the partitions. It takes most of what is here for one row, and one
# row it would join with anything in any way: a lane's whole backlog read for each id, every id for each lane. So how deliveries
# and messages are read is not left to it: OFFSET 0 and arrays pin the way by primary key (tests/delivery/test_plans.py).
_CLAIM = """
WITH mine AS MATERIALIZED (
  SELECT lane.id FROM unnest(%(lanes)b::int[], %(epochs)b::bigint[]) AS known (id, epoch)
  JOIN lane ON lane.id = known.id AND lane.epoch = known.epoch AND lane.owner = %(me)b AND lane.paused IS NULL
  WHERE EXISTS (SELECT FROM worker WHERE name = %(me)b AND lease_until > now())
), beside AS MATERIALIZED (
  SELECT own.id AS lane, other.id AS other, other.split = %(urgent)b AS is_urgent
  FROM lane own JOIN lane other ON other.recipient = own.recipient AND other.id <> own.id AND %(urgent)b IN (own.split, other.split)
  WHERE own.id = ANY(%(lanes)b::int[])
), sending AS MATERIALIZED (
  SELECT beside.lane, d.subject FROM beside
  CROSS JOIN LATERAL (SELECT subject FROM delivery WHERE lane = beside.other AND state = 2 AND state < 10 OFFSET 0) AS d
), wanted AS MATERIALIZED (
  SELECT d.id, d.told,
    row_number() OVER (PARTITION BY coalesce(beside.other, d.lane), d.subject ORDER BY d.priority DESC, d.id) AS place
  FROM unnest(%(ids)b::uuid[]) AS asked (id)
  CROSS JOIN LATERAL (SELECT * FROM delivery WHERE id = asked.id AND id BETWEEN %(low)b AND %(high)b OFFSET 0) AS d
  JOIN cases ON cases.id = d.case_id
  LEFT JOIN beside ON beside.lane = d.lane AND beside.is_urgent
  WHERE d.state = 1 AND d.due_at <= now() AND d.lane = ANY(ARRAY(SELECT id FROM mine))
    AND cases.effective = d.version AND NOT cases.plan_due AND cases.erased_at IS NULL AND cases.merged_into IS NULL
    AND (d.lane, d.subject) NOT IN (SELECT * FROM unnest(%(busy_lanes)b::int[], %(busy)b::uuid[]))
    AND (d.lane, d.subject) NOT IN (SELECT * FROM sending)
), claimed AS (
  UPDATE delivery d
  SET state = 2, told = true, claim = %(claim)b, attempts = least(d.attempts + 1, 32767), changed_at = now(),
      first_attempt_at = coalesce(d.first_attempt_at, now())
  WHERE d.id = ANY(ARRAY(SELECT id FROM wanted WHERE place = 1)) AND d.id BETWEEN %(low)b AND %(high)b AND d.state = 1
  RETURNING d.id, d.lane, d.subject, d.case_id, d.version, d.notice, d.message, d.attempts, d.retry_until
)
SELECT claimed.*, claimed.id = ANY(ARRAY(SELECT id FROM wanted WHERE told)), m.data_key, m.sealed
FROM claimed CROSS JOIN LATERAL (
  SELECT data_key, sealed FROM message
  WHERE delivery = claimed.id AND number = claimed.message AND delivery BETWEEN %(low)b AND %(high)b OFFSET 0
) AS m
"""

_DUE = """
SELECT due.lane, due.id, due.stale FROM unnest(%(lanes)b::int[], %(rooms)b::int[]) AS wanted (lane, room)
CROSS JOIN LATERAL (
  SELECT d.lane, d.id, cases.effective <> d.version OR cases.merged_into IS NOT NULL AS stale
  FROM delivery d JOIN cases ON cases.id = d.case_id
  WHERE d.lane = wanted.lane AND d.state = 1 AND d.due_at <= now() AND NOT cases.plan_due
  ORDER BY d.priority DESC, d.id LIMIT wanted.room
) AS due
"""

_SUPERSEDE = """
UPDATE delivery d SET state = 24, changed_at = now(), claim = NULL FROM cases
WHERE d.id = ANY(%b::uuid[]) AND d.state = 1 AND cases.id = d.case_id AND (cases.effective <> d.version OR cases.merged_into IS NOT NULL)
RETURNING d.id, d.case_id, d.lane, d.version
"""


async def claim(connection: Connection, me: str, token: UUID, lanes: Mapping[int, Lane], ids: Sequence[UUID]) -> list[Claimed]:
    """Claim of `ids`, all of `lanes`, what may be sent now, under `token`; durable when it returns. At most one delivery of
    a subject and lane comes back, urgent first, then oldest first; what does not come back is not this worker's to send now."""
    busy = [(id_, subject) for id_, lane in lanes.items() for subject in lane.subjects]
    given = {
        "lanes": list(lanes),
        "epochs": [lane.epoch for lane in lanes.values()],
        "busy_lanes": [id_ for id_, _ in busy],
        "busy": [subject for _, subject in busy],
        "me": me,
        "ids": list(ids),
        "low": min(ids),
        "high": max(ids),
        "claim": token,
        "urgent": URGENT_LANE,
    }
    async with connection.pipeline(), connection.transaction():
        await connection.execute(_LOCK_LANES, {"lanes": given["lanes"], "urgent": URGENT_LANE}, binary=True)
        cursor = await connection.execute(_CLAIM, given, binary=True)
        rows = await cursor.fetchall()
        claimed = sorted((_claimed(row, token) for row in rows), key=lambda c: (-c.notice.priority, c.delivery.int))
        await record_changes(
            connection,
            [Change(c.delivery, c.case_id, lanes[c.lane].recipient, c.lane, c.version, State.QUEUED, State.SENDING) for c in claimed],
            datetime.now(UTC),
        )
    return claimed


def _claimed(row: tuple[Any, ...], token: UUID) -> Claimed:
    id_, lane, subject, case, version, notice, message, attempts, until, told, data_key, sealed = row
    return Claimed(id_, lane, subject, case, version, Notice(notice), message, attempts, told, until, data_key, sealed, token)


async def due(connection: Connection, rooms: Mapping[int, int]) -> tuple[dict[int, list[UUID]], list[UUID]]:
    """What is due in each lane, urgent first and then oldest first, at most `rooms[lane]`; and the ids of those that a
    newer version, already planned, has overtaken."""
    rows = await (await connection.execute(_DUE, {"lanes": list(rooms), "rooms": list(rooms.values())}, binary=True)).fetchall()
    found: dict[int, list[UUID]] = {}
    stale: list[UUID] = []
    for lane, id_, is_stale in rows:
        if is_stale:
            stale.append(id_)
        else:
            found.setdefault(lane, []).append(id_)
    return found, stale


async def supersede(connection: Connection, ids: Sequence[UUID], recipients: Mapping[int, str]) -> None:
    """End queued deliveries of versions that are no longer the truth, and whose successor is planned."""
    async with connection.transaction():
        rows = await (await connection.execute(_SUPERSEDE, (list(ids),), binary=True)).fetchall()
        changes = [Change(id_, case, recipients[lane], lane, v, State.QUEUED, State.SUPERSEDED) for id_, case, lane, v in rows]
        if rows:
            await record_changes(connection, changes, datetime.now(UTC))


async def without_moot(
    connection: Connection, claimed: Sequence[Claimed], recipients: Mapping[int, str]
) -> tuple[list[Claimed], list[Claimed]]:
    """Parts what is to be sent from cancellations and withdrawals whose recipient, it proved, was never told.

    They are planned for whoever is in flight; by the time they can be claimed, that attempt is settled.
    """
    going: list[Claimed] = []
    moot: list[Claimed] = []
    for one in claimed:
        (going if await _is_due(connection, one, recipients[one.lane]) else moot).append(one)
    return going, moot


async def _is_due(connection: Connection, one: Claimed, recipient: str) -> bool:
    if one.notice < Notice.WITHDRAWN:
        return True
    # Who told the hub itself hears that it is not so; that it is no longer concerned, it hears if it was told it was.
    return await was_told(connection, one.case_id, one.version, recipient, or_told_us=one.notice > Notice.WITHDRAWN)
