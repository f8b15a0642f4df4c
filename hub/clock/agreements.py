"""Agreements that start or end, and a register that changed: what was held or waits is planned again."""

from datetime import date

from hub.store import Pool, ask_for_planning_in_parts
from schemas.days import begins, today
from schemas.delivery import State

_REGISTER = "SELECT max(version) FROM register"
_WAITING = """
SELECT DISTINCT d.case_id
FROM tally
JOIN delivery d ON d.lane = tally.lane AND d.state = tally.state AND d.state < 10
JOIN plan ON plan.case_id = d.case_id AND plan.version = d.version
WHERE tally.count > 0 AND tally.state = ANY(%b::smallint[])
  AND (plan.planned_at < %b OR plan.register < %b::bigint)
"""
# Held: an agreement may allow it from today. Queued: one may have ended yesterday.
_STATES = [int(State.HELD), int(State.QUEUED)]


class Agreements:
    """Remembers the day and the register for which it looked; a new leader looks once more, and finds only what is left."""

    def __init__(self) -> None:
        self._looked_for: tuple[date, int] | None = None

    async def look(self, pool: Pool) -> int:
        """On a new day or a new register: ask for planning wherever something is held or queued by a plan made before.
        Returns how many cases that made due."""
        async with pool.connection() as connection:
            row = await (await connection.execute(_REGISTER)).fetchone()
            day, register = today(), int(row[0] or 0) if row else 0
            if (day, register) == self._looked_for:
                return 0
            cases = sorted({row[0] for row in await (await connection.execute(_WAITING, (_STATES, begins(day), register))).fetchall()})
            due = await ask_for_planning_in_parts(connection, cases)
        self._looked_for = day, register
        return due
