"""Deliveries that are due and that nobody takes: a lane without a worker, or a worker that does not do its work."""

from hub.store import Pool
from hub.tasks import Cause, TaskDraft, close_tasks, open_tasks
from schemas.delivery import State

# Due for so long, in a lane that is neither paused nor behind an open breaker nor asked to wait.
_PATIENCE = 60.0

_UNCLAIMED = """
SELECT lane.id, lane.recipient, lane.connector, overdue.id IS NOT NULL
FROM lane
LEFT JOIN tally ON tally.lane = lane.id AND tally.state = %(queued)b
LEFT JOIN LATERAL (
  SELECT d.id FROM delivery d JOIN cases ON cases.id = d.case_id
  WHERE tally.count > 0 AND d.lane = lane.id AND d.state = %(queued)b AND d.state < 10
    AND d.due_at < now() - make_interval(secs => %(patience)b) AND d.changed_at < now() - make_interval(secs => %(patience)b)
    AND NOT cases.plan_due AND lane.paused IS NULL AND lane.breaker = 0 AND coalesce(lane.held_until < now(), true)
    AND NOT EXISTS (SELECT FROM delivery moving WHERE moving.lane = lane.id AND moving.state = %(sending)b AND moving.state < 10)
  LIMIT 1
) AS overdue ON true
"""


async def watch_unclaimed(pool: Pool, patience: float = _PATIENCE) -> None:
    """Open a task for each lane where something waits in vain, and close those of lanes where nothing does any more."""
    given = {"queued": int(State.QUEUED), "sending": int(State.SENDING), "patience": patience}
    async with pool.connection() as connection, connection.transaction():
        lanes = await (await connection.execute(_UNCLAIMED, given)).fetchall()
        await open_tasks(
            connection,
            [
                TaskDraft(Cause.UNCLAIMED, str(lane), recipient=recipient, evidence={"lane": lane, "connector": connector})
                for lane, recipient, connector, waits in lanes
                if waits
            ],
        )
        await close_tasks(connection, [(Cause.UNCLAIMED, str(lane)) for lane, _, _, waits in lanes if not waits], "clock")
