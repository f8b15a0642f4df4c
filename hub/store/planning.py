"""Asks for cases to be planned again: they go on to life-events at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from hub.store.pool import Connection

# In the order of their ids, and in a statement of its own: one that waits for a lock goes on with the snapshot it had.
_LOCK = "SELECT FROM cases WHERE id = ANY(%b::uuid[]) ORDER BY id FOR NO KEY UPDATE"
# While a case waits for planning nothing of it is claimed.
_DUE = """
WITH due AS (
  UPDATE cases SET plan_due = true
  WHERE id = ANY(%b::uuid[]) AND NOT plan_due AND erased_at IS NULL AND merged_into IS NULL
  RETURNING id, effective, fact
)
INSERT INTO outbox (case_id, version, urgent) SELECT id, effective, fact > 1 FROM due
"""

_AT_ONCE = 5_000


async def ask_for_planning(connection: Connection, cases: Collection[UUID]) -> int:
    """Have `cases` planned again, those that stand and do not wait for it anyway; how many. Within the caller's transaction, whose
    locks of cases come before those of lanes and deliveries."""
    ids = list(cases)
    await connection.execute(_LOCK, (ids,))
    return (await connection.execute(_DUE, (ids,))).rowcount


async def ask_for_planning_in_parts(connection: Connection, cases: Sequence[UUID]) -> int:
    """The same for however many cases, in transactions of their own."""
    due = 0
    for start in range(0, len(cases), _AT_ONCE):
        async with connection.transaction():
            due += await ask_for_planning(connection, cases[start : start + _AT_ONCE])
    return due
