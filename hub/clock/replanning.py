"""Cases whose time has come: the day of a move, the end of a hold window."""

from hub.store import Pool

_AT_ONCE = 5_000

# On to life-events at once: while a case waits for planning nothing of it is claimed.
_DUE = """
WITH come AS (
  SELECT id FROM cases WHERE replan_at <= now() AND erased_at IS NULL AND merged_into IS NULL
  ORDER BY replan_at LIMIT %b FOR NO KEY UPDATE SKIP LOCKED
), due AS (
  UPDATE cases SET replan_at = NULL, plan_due = true
  WHERE id IN (SELECT id FROM come)
  RETURNING id, effective, fact
)
INSERT INTO outbox (case_id, version, urgent) SELECT id, effective, fact > 1 FROM due
"""


async def replan_what_has_come(pool: Pool) -> int:
    """Ask for planning of every case whose time has come; how many."""
    async with pool.connection() as connection:
        return (await connection.execute(_DUE, (_AT_ONCE,))).rowcount
