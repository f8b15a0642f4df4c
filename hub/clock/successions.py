"""Recipients that are responsible nowhere any more: what is open with them passes to who comes after.

On the day on which its council is no more, or another has taken its places over, every case with an open delivery to it is
planned again. The plan of that day asks the successor; what had not reached the old recipient is taken back from it.
"""

from datetime import date, datetime, timedelta

from hub.observe import log
from hub.recipients import Register
from hub.store import Pool, ask_for_planning_in_parts
from schemas.days import begins, today
from schemas.ids import bound_at

# A hub that stood still over the day makes up for it.
_BACK = timedelta(days=14)

# Told and not settled counts as open: nobody at the old council will say any more that it is done. What is accepted has no index
# of its own, which every delivery would pay for: it is looked for in the months before alone, by partition.
_MONTHS = timedelta(days=92)
_OPEN = """
WITH open AS (
  SELECT d.case_id, d.version FROM delivery d
  WHERE d.lane IN (SELECT id FROM lane WHERE recipient = %(recipient)b) AND d.state < 10
  UNION
  SELECT d.case_id, d.version FROM delivery d
  WHERE d.lane IN (SELECT id FROM lane WHERE recipient = %(recipient)b) AND d.state = 10 AND d.id >= %(since)b
)
SELECT DISTINCT open.case_id FROM open
JOIN plan ON plan.case_id = open.case_id AND plan.version = open.version WHERE plan.planned_at < %(before)b
"""


class Successions:
    """Remembers the day and the register for which it looked; a new leader looks once more, and finds only what is left."""

    def __init__(self) -> None:
        self._looked_for: tuple[date, int] | None = None

    async def look(self, pool: Pool, register: Register) -> int:
        """Ask for planning wherever something is open with who is not responsible any more; how many cases that made due."""
        day = today()
        if register.version == 0 or (day, register.version) == self._looked_for:
            return 0
        count = 0
        for id_, recipient in register.recipients.items():
            over = recipient.over_since
            if over is not None and day - _BACK <= over <= day:
                count += await _pass_on(pool, id_, begins(over))
        self._looked_for = day, register.version
        if count:
            log.info("clock.passed-on", count=count)
        return count


async def _pass_on(pool: Pool, recipient: str, before: datetime) -> int:
    async with pool.connection() as connection:
        given = {"recipient": recipient, "before": before, "since": bound_at(before - _MONTHS)}
        cases = [row[0] for row in await (await connection.execute(_OPEN, given)).fetchall()]
        return await ask_for_planning_in_parts(connection, cases)
