"""Proves that what was recorded was planned, that what was planned is there, and that nobody due was left out.

Cases a page at a time, all of them once a night. What is missing is planned again; what a plan left out is a defect, and also a task.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from hub.observe import log, metrics
from hub.planning import Prover
from hub.privacy import Keys
from hub.store import Connection, Pool, ask_for_planning
from hub.tasks import Cause, TaskDraft, open_tasks
from schemas.days import today

_PAGE = 5_000
_AT_ONCE = 250

_PAGE_OF_CASES = "SELECT id FROM cases WHERE id > %b ORDER BY id LIMIT %b"
# A case no planning waits for must have a plan of its effective version, and every delivery that plan names.
_UNPLANNED = """
SELECT id FROM cases WHERE id = ANY(%b::uuid[]) AND NOT plan_due AND erased_at IS NULL AND merged_into IS NULL AND (
  NOT EXISTS (SELECT FROM plan WHERE plan.case_id = cases.id AND plan.version = cases.effective)
  OR EXISTS (
    SELECT FROM plan, jsonb_array_elements(plan.decisions) AS decision
    WHERE plan.case_id = cases.id AND plan.version = cases.effective AND decision ? 'delivery'
      AND NOT EXISTS (SELECT FROM delivery WHERE delivery.id = (decision ->> 'delivery')::uuid)))
"""


class Reconciliation:
    """The round through the cases, how far it has come, and the day it was last done; a new leader goes once more."""

    def __init__(self, keys: Keys) -> None:
        self._prover = Prover(keys)
        self._next = UUID(int=0)
        self._done_on: date | None = None

    async def look(self, pool: Pool) -> int:
        """Once a day look at every case; how many were not whole: it should never be more than 0."""
        day, missing = today(), 0
        while self._done_on != day:
            page = await self._page(pool)
            missing += await self._look_through(pool, page)
            if len(page) == _PAGE:
                self._next = page[-1]
            else:
                self._next, self._done_on = UUID(int=0), day
                metrics.reconciled.set_to_current_time()
        return missing

    async def _page(self, pool: Pool) -> list[UUID]:
        async with pool.connection() as connection:
            return [row[0] for row in await (await connection.execute(_PAGE_OF_CASES, (self._next, _PAGE))).fetchall()]

    async def _look_through(self, pool: Pool, page: Sequence[UUID]) -> int:
        missing = 0
        for start in range(0, len(page), _AT_ONCE):
            async with pool.connection() as connection, connection.transaction():
                missing += await self._look_at(connection, page[start : start + _AT_ONCE])
        if missing:
            log.error("clock.unplanned-found", count=missing)
        return missing

    async def _look_at(self, connection: Connection, cases: Sequence[UUID]) -> int:
        lost = {row[0] for row in await (await connection.execute(_UNPLANNED, (list(cases),))).fetchall()}
        left_out = await self._prover.left_out(connection, [case for case in cases if case not in lost])
        if left_out:
            metrics.left_out.inc(len(left_out))
            await open_tasks(
                connection,
                [TaskDraft(Cause.LEFT_OUT, str(case), case, evidence={"recipients": some}) for case, some in left_out.items()],
            )
        again = lost | left_out.keys()
        return await ask_for_planning(connection, again) if again else 0
