"""The ties of a case, as they lie in the ledger."""

from uuid import UUID

from hub.store import Connection

_TIED = """
SELECT DISTINCT c.id, c.kind, theirs.role FROM tie mine JOIN tie theirs ON theirs.key = mine.key JOIN cases c ON c.id = theirs.case_id
WHERE mine.case_id = %b AND c.id <> mine.case_id
"""


async def tied(connection: Connection, case: UUID) -> set[tuple[UUID, str, str]]:
    """The cases tied with one, their kinds, and what the one they share is in them."""
    return set(await (await connection.execute(_TIED, (case,), binary=True)).fetchall())
