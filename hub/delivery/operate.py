"""What an operator does to deliveries: put failed ones back, pause a recipient, let it go on."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from hub.store import Change, Connection, record_changes
from hub.tasks import Cause, close_tasks
from schemas.delivery import State, sources_of

# A page at a time: what has failed since the redriving began, again perhaps, is not of it.
_REDRIVE = """
WITH chosen AS MATERIALIZED (
  SELECT d.id, lane.recipient FROM lane JOIN delivery d ON d.lane = lane.id
  WHERE d.state = 5 AND d.state < 10 AND d.state = ANY(%(legal)b::smallint[]) AND d.changed_at < %(began)b
    AND (%(recipient)b::text IS NULL OR lane.recipient = %(recipient)b::text)
    AND (%(ids)b::uuid[] IS NULL OR d.id = ANY(%(ids)b::uuid[]))
  ORDER BY d.id LIMIT %(most)b FOR NO KEY UPDATE OF d
)
UPDATE delivery d SET state = 1, due_at = now(), retry_until = NULL, reason = NULL, changed_at = now()
FROM chosen WHERE d.id = chosen.id
RETURNING d.id, d.case_id, chosen.recipient, d.lane, d.version
"""
_MOST = 1000
_PAUSE = "UPDATE lane SET paused = %b, paused_at = now() WHERE recipient = %b AND paused IS NULL"
_RESUME = "UPDATE lane SET paused = NULL, paused_at = NULL WHERE recipient = %b AND paused IS NOT NULL"


async def redrive(connection: Connection, *, recipient: str | None = None, ids: Sequence[UUID] | None = None) -> list[UUID]:
    """Queue failed deliveries again, of one recipient or by id (both None: every one); returns which. Their tasks are
    settled, and their schedule begins anew."""
    given: dict[str, object] = {
        "recipient": recipient,
        "ids": None if ids is None else list(ids),
        "legal": sources_of(State.QUEUED),
        "began": datetime.now(UTC),
        "most": _MOST,
    }
    done: list[UUID] = []
    while page := await _redrive(connection, given):
        done += page
    return done


async def _redrive(connection: Connection, given: Mapping[str, object]) -> list[UUID]:
    async with connection.transaction():
        rows = await (await connection.execute(_REDRIVE, given, binary=True)).fetchall()
        changes = [Change(id_, case, name, lane, version, State.FAILED, State.QUEUED, "redrive") for id_, case, name, lane, version in rows]
        if changes:
            await record_changes(connection, changes, datetime.now(UTC))
            await close_tasks(connection, [(Cause.FAILED, str(change.delivery)) for change in changes], "redrive")
    return [change.delivery for change in changes]


async def pause(connection: Connection, recipient: str, why: str) -> bool:
    """Send nothing more to a recipient until it is resumed; False where it has no lane or is paused already."""
    return (await connection.execute(_PAUSE, (why, recipient))).rowcount > 0


async def resume(connection: Connection, recipient: str) -> bool:
    """Let a paused recipient's deliveries flow again; False where it was not paused."""
    async with connection.transaction():
        resumed = (await connection.execute(_RESUME, (recipient,))).rowcount > 0
        await close_tasks(connection, [(Cause.GONE, recipient)], "resumed")
    return resumed
