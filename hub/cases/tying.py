"""Cases that are about the same people: a newborn and its twin, a child and its mother's death."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from hub.kinds import GRIEVING
from hub.store import Connection
from schemas import Standing

# A death that was taken back, or erased, is none.
_GRIEVED = """
SELECT mine.case_id, max(root.standing) FROM unnest(%b::bytea[], %b::uuid[]) AS mine (key, case_id)
JOIN tie theirs ON theirs.key = mine.key AND theirs.role = ANY(%b::text[])
JOIN cases c ON c.id = theirs.case_id
JOIN cases root ON root.id = coalesce(c.merged_into, c.id)
WHERE root.id <> mine.case_id AND root.fact = 1 AND root.erased_at IS NULL
GROUP BY mine.case_id
"""
_BY = """
SELECT DISTINCT coalesce(c.merged_into, c.id) FROM unnest(%b::bytea[], %b::uuid[]) AS mine (key, case_id)
JOIN tie theirs ON theirs.key = mine.key JOIN cases c ON c.id = theirs.case_id
WHERE coalesce(c.merged_into, c.id) <> mine.case_id AND c.kind = ANY(%b::text[])
"""
Keys = Sequence[tuple[bytes, UUID]]


async def mourning(connection: Connection, keys: Keys) -> Mapping[UUID, Standing]:
    """Those cases, each given with its ties' keys, near which somebody died, and how sure the surest of the deaths is."""
    if not keys:
        return {}
    given = ([key for key, _ in keys], [case for _, case in keys], [role.value for role in sorted(GRIEVING)])
    return {row[0]: Standing(row[1]) for row in await (await connection.execute(_GRIEVED, given, binary=True)).fetchall()}


async def tied_by(connection: Connection, keys: Keys, kinds: Collection[str]) -> Collection[UUID]:
    """The cases of `kinds` that share a key with one of those given, but are another."""
    if not keys:
        return ()
    given = ([key for key, _ in keys], [case for _, case in keys], list(kinds))
    return [row[0] for row in await (await connection.execute(_BY, given, binary=True)).fetchall()]
