"""Stops the deliveries of a case that have not begun: nobody is to read for the first time what is no longer so."""

from datetime import datetime
from uuid import UUID

from hub.store import Change, Connection, record_changes
from hub.tasks import Cause, close_tasks
from schemas import State, delivery_id

_PLANNED = """
SELECT p.version, v.recorded_at, d ->> 'recipient' FROM plan p
JOIN case_version v ON v.case_id = p.case_id AND v.version = p.version
CROSS JOIN LATERAL jsonb_array_elements(p.decisions) AS d WHERE p.case_id = %b
"""
# Lanes before deliveries, each in an earlier statement than what relies on it: a claim may be under way.
_LOCK_LANES = """
SELECT FROM lane WHERE id IN (
  SELECT lane FROM delivery WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b AND state < 10
) ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_DELIVERIES = """
SELECT d.id, d.version, d.lane, d.state, lane.recipient FROM delivery d JOIN lane ON lane.id = d.lane
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b
  AND d.state = ANY(%(not_begun)b::smallint[]) AND NOT d.told
ORDER BY d.id FOR UPDATE OF d
"""
_CANCEL = """
UPDATE delivery SET state = %(cancelled)b, changed_at = %(now)b, claim = NULL
WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b
"""
_NOT_BEGUN = [int(State.HELD), int(State.QUEUED), int(State.FAILED)]


async def stop_deliveries(connection: Connection, case_id: UUID, now: datetime) -> int:
    """Cancel what is held, queued or failed and told nobody; how many. The case is locked by the caller's transaction."""
    rows = await (await connection.execute(_PLANNED, (case_id,), binary=True)).fetchall()
    ids = [delivery_id(recorded_at, case_id, version, recipient) for version, recorded_at, recipient in rows]
    if not ids:
        return 0
    given = {"ids": ids, "low": min(ids), "high": max(ids)}
    await connection.execute(_LOCK_LANES, given)
    found = await (await connection.execute(_LOCK_DELIVERIES, given | {"not_begun": _NOT_BEGUN}, binary=True)).fetchall()
    if not found:
        return 0
    stopped = given | {"ids": [row[0] for row in found], "cancelled": int(State.CANCELLED), "now": now}
    await connection.execute(_CANCEL, stopped)
    changes = [
        Change(id_, case_id, recipient, lane, version, State(before), State.CANCELLED, "overtaken")
        for id_, version, lane, before, recipient in found
    ]
    await record_changes(connection, changes, now)
    failed = [str(change.delivery) for change in changes if change.before is State.FAILED]
    await close_tasks(connection, [(Cause.FAILED, delivery) for delivery in failed], "overtaken")
    return len(found)
