"""What cannot wait for its record: facts that ended, found in the ledger ahead of everything that lies on the topic before them."""

from uuid import UUID

from hub.store import Connection
from hub.tasks import Cause

_AT_ONCE = 256

# Those that planning fails for are left to the person who has the task.
_DUE = """
SELECT id FROM cases
WHERE plan_due AND fact > 1 AND erased_at IS NULL AND merged_into IS NULL
  AND NOT EXISTS (SELECT FROM task WHERE task.case_id = cases.id AND task.cause = %b AND task.closed_at IS NULL)
ORDER BY fact DESC, id LIMIT %b
"""


async def urgently_due(connection: Connection) -> list[UUID]:
    """Cases whose end nobody was told of yet, retractions first. Their records come all the same, and find them planned."""
    rows = await (await connection.execute(_DUE, (Cause.PLAN_FAILED.value, _AT_ONCE), binary=True)).fetchall()
    return [row[0] for row in rows]
