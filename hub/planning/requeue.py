"""Cases that wait for planning and that nobody seems to plan: they are put into the outbox again."""

from hub.observe import log
from hub.settings import Settings
from hub.store import Pool
from hub.tasks import Cause

_MOST = 5_000

# Those a person looks at, since planning fails for them, come back when their task is closed. A case already on its way,
# or in a planner's hands, is left; one put back is given time before it is put back again, or a backlog would feed itself.
_REQUEUE = """
WITH lost AS MATERIALIZED (
  SELECT c.id FROM cases c JOIN case_version v ON v.case_id = c.id AND v.version = c.newest
  WHERE c.plan_due AND c.erased_at IS NULL AND c.merged_into IS NULL
    AND c.opened_at < now() - make_interval(secs => %(older)b)
    AND greatest(v.recorded_at, c.requeued_at) < now() - make_interval(secs => %(older)b)
    AND NOT EXISTS (SELECT FROM outbox WHERE outbox.case_id = c.id)
    AND NOT EXISTS (SELECT FROM task WHERE task.case_id = c.id AND task.cause = %(failed)b AND task.closed_at IS NULL)
  ORDER BY c.opened_at LIMIT %(most)b FOR NO KEY UPDATE OF c SKIP LOCKED
), marked AS (
  UPDATE cases SET requeued_at = now() WHERE id IN (SELECT id FROM lost) RETURNING id, effective, fact
)
INSERT INTO outbox (case_id, version, urgent, recorded_at) SELECT id, effective, fact > 1, now() FROM marked
"""


async def requeue_unplanned(pool: Pool, settings: Settings) -> int:
    """Give cases unplanned for `settings.unplanned_after` seconds to the relay again; how many. Planning bears repeats."""
    given = {"older": settings.unplanned_after, "failed": Cause.PLAN_FAILED.value, "most": _MOST}
    async with pool.connection() as connection:
        count = (await connection.execute(_REQUEUE, given)).rowcount
    if count:
        log.warning("planning.requeued", count=count)
    return count
