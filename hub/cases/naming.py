"""Cases as people name them: by the reference somebody was given, or by the id."""

from uuid import UUID

from hub.store import Connection, reference_of

_BY_REFERENCE = "SELECT case_id FROM reference WHERE code = %b"
_FIRST = f"SELECT {reference_of('cases.id')} FROM cases WHERE id = %b"  # noqa: S608


async def case_of(connection: Connection, reference: str) -> UUID | None:
    """The case that `reference` was given for, also where it has become part of another; None where it was never given."""
    row = await (await connection.execute(_BY_REFERENCE, (reference,))).fetchone()
    return None if row is None else row[0]


async def first_reference(connection: Connection, case: UUID) -> str | None:
    """The first that was given for a case; None where nobody has one."""
    row = await (await connection.execute(_FIRST, (case,))).fetchone()
    return None if row is None else str(row[0])
