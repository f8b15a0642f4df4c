"""Proves that what was recorded was planned, and what was planned is there: cases a page at a time, all of them every night."""

from uuid import UUID

from hub.observe import log
from hub.store import Pool

_PAGE = 5_000

# A case no planning waits for must have a plan of its effective version, and every delivery that plan names.
_PAGE_OF_CASES = "SELECT id FROM cases WHERE id > %b ORDER BY id LIMIT %b"
_UNPLANNED = """
WITH due AS (
  UPDATE cases SET plan_due = true
  WHERE id = ANY(%b::uuid[]) AND NOT plan_due AND erased_at IS NULL AND merged_into IS NULL AND (
    NOT EXISTS (SELECT FROM plan WHERE plan.case_id = cases.id AND plan.version = cases.effective)
    OR EXISTS (
      SELECT FROM plan, jsonb_array_elements(plan.decisions) AS decision
      WHERE plan.case_id = cases.id AND plan.version = cases.effective AND decision ? 'delivery'
        AND NOT EXISTS (SELECT FROM delivery WHERE delivery.id = (decision ->> 'delivery')::uuid)))
  RETURNING id, effective, fact
)
INSERT INTO outbox (case_id, version, urgent) SELECT id, effective, fact > 1 FROM due
"""


class Reconciliation:
    """The round through the cases, and how far it has come."""

    def __init__(self) -> None:
        self._next = UUID(int=0)

    async def look(self, pool: Pool) -> int:
        """Look at the next page. What is missing is planned again, and counted: it should never be more than 0."""
        async with pool.connection() as connection:
            page = [row[0] for row in await (await connection.execute(_PAGE_OF_CASES, (self._next, _PAGE))).fetchall()]
            missing = (await connection.execute(_UNPLANNED, (page,))).rowcount if page else 0
        self._next = page[-1] if len(page) == _PAGE else UUID(int=0)
        if missing:
            log.error("clock.unplanned-found", count=missing)
        return missing
