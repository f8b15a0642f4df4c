"""Merges two cases that a person found to be one, or notes that they are two.

The survivor takes copies of the other's versions, each sealed under a key of its own and marked with where it came
from; the other keeps its own versions, plans and disclosures as they were and points to the survivor. So what a merge
brought together can still be told apart.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from hub.cases.carrying import copy_into, read_rows, speak
from hub.cases.proposals import decide
from hub.cases.stopping import stop_deliveries
from hub.privacy import Keys
from hub.store import Connection, Pool, reference_of

_LOCK = """
SELECT id, kind, newest, merged_into IS NOT NULL, erased_at IS NOT NULL FROM cases
WHERE id = ANY(%b::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
_POINT = "UPDATE cases SET merged_into = %(into)b, plan_due = false, replan_at = NULL WHERE id = %(other)b OR merged_into = %(other)b"
_NOTE = """
INSERT INTO merge (survivor, merged, first, merged_at, merged_by)
SELECT %(into)b, id, %(first)b, %(now)b, %(by)b FROM cases WHERE id = %(other)b OR merged_into = %(other)b
"""
_LIST = f"""
SELECT case_a, case_b, cause, proposed_at, decision,
  {reference_of("case_a")},
  {reference_of("case_b")}
FROM proposed_match
WHERE decision IS NULL OR NOT %b::boolean ORDER BY proposed_at LIMIT %b::int
"""  # noqa: S608


class MergeRefused(Exception):
    """The two cannot be merged; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two cases that may be one, and the first reference that was given for each."""

    case_a: UUID
    case_b: UUID
    cause: str
    proposed_at: datetime
    decision: str | None  # merged, kept-apart
    reference_a: str | None
    reference_b: str | None


async def proposals(pool: Pool, *, undecided: bool = True, limit: int = 200) -> list[Proposal]:
    """Oldest first; only those nobody has decided with `undecided`."""
    async with pool.connection() as connection:
        return [Proposal(*row) for row in await (await connection.execute(_LIST, (undecided, limit))).fetchall()]


async def merge(pool: Pool, keys: Keys, into: UUID, other: UUID, by: str) -> int:
    """Make `other` part of `into` and have that planned again; the survivor's new version. Raises `MergeRefused`."""
    async with pool.connection() as connection, connection.transaction():
        newest = await _lock(connection, into, other)
        now = datetime.now(UTC)
        brought = [row._replace(copied=True) for row in await read_rows(connection, other)]
        await copy_into(connection, keys, into, brought, now)
        await connection.execute(_NOTE, {"into": into, "other": other, "first": newest + 1, "now": now, "by": by})
        await connection.execute(_POINT, {"into": into, "other": other})
        version = await speak(connection, keys, into, now)
        await decide(connection, into, other, "merged", by, now)
        # One after the other in the order of all who lock lanes twice: nobody else locks those of two cases at once.
        await stop_deliveries(connection, other, now)
    return version


async def keep_apart(pool: Pool, case_a: UUID, case_b: UUID, by: str) -> None:
    """Note that these are two; they are not proposed again."""
    async with pool.connection() as connection, connection.transaction():
        await _lock(connection, case_a, case_b)
        await decide(connection, case_a, case_b, "kept-apart", by, datetime.now(UTC))


async def _lock(connection: Connection, into: UUID, other: UUID) -> int:
    rows = await (await connection.execute(_LOCK, ([into, other],), binary=True)).fetchall()
    if len(rows) != 2:
        raise MergeRefused("one of the cases is not known, or both are the same: give two that `tuo cases list --proposed` shows")
    if any(row[3] for row in rows):
        raise MergeRefused("one of them is merged already: name the case it was merged into, which `tuo cases show` says")
    if any(row[4] for row in rows):
        raise MergeRefused("one of them is erased: there is nothing left to merge")
    if len({row[1] for row in rows}) > 1:
        raise MergeRefused("they are changes of different kinds")
    return next(int(row[2]) for row in rows if row[0] == into)
