"""Undoes a merge: two cases again, each with what was told of it before and since (docs/decisions/021).

The versions of the time in which they were one stay in the ledger, marked as parted: they say nothing any more. What
they said of the survivor itself it says again, under keys of its own, so that erasing one case later takes nothing from
the other. What was told since of the case that leaves goes with it. Both are planned again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from hub.cases.breach import Disclosed, breach_assessment
from hub.cases.carrying import Row, copy_into, read_rows, say_again, speak
from hub.cases.merging import MergeRefused
from hub.cases.proposals import decide
from hub.cases.stopping import stop_deliveries
from hub.cases.told import told_since
from hub.privacy import Keys
from hub.store import Connection, Pool
from hub.tasks import open_tasks

_PART_OF = "SELECT id, merged_into FROM cases WHERE id = ANY(%b::uuid[])"
_LOCK = "SELECT id, erased_at IS NOT NULL FROM cases WHERE id = %(root)b OR merged_into = %(root)b ORDER BY id FOR NO KEY UPDATE"
_LEAVES = """
SELECT m.merged FROM merge m JOIN cases c ON c.id = m.merged
WHERE m.undone_at IS NULL AND c.merged_into = %(root)b
  AND (m.survivor, m.merged) IN ((%(a)b::uuid, %(b)b::uuid), (%(b)b::uuid, %(a)b::uuid))
"""
_WITH_IT = "SELECT merged FROM merge WHERE survivor = %b AND undone_at IS NULL"
_SINCE = "SELECT first FROM merge WHERE survivor = %b AND merged = %b AND undone_at IS NULL"
_PART = "UPDATE case_version SET parted = true WHERE case_id = %b AND version >= %b"
_UNDO = """
UPDATE merge m SET undone_at = %(now)b, undone_by = %(by)b,
  last = (SELECT max(version) FROM case_version v WHERE v.case_id = m.survivor AND v.parted)
WHERE undone_at IS NULL AND merged = ANY(%(group)b::uuid[]) AND survivor <> ALL(%(group)b::uuid[])
RETURNING survivor
"""
_POINT = "UPDATE cases SET merged_into = nullif(%(leaves)b::uuid, id) WHERE id = ANY(%(group)b::uuid[])"


@dataclass(frozen=True, slots=True)
class Parted:
    """The version of each that waits for planning."""

    survivor: UUID
    survivors_version: int
    other: UUID
    others_version: int


async def undo(pool: Pool, keys: Keys, into: UUID, other: UUID, by: str) -> Parted:
    """Part what was merged, in whichever order the two are named, and have both planned again. Raises `MergeRefused`."""
    async with pool.connection() as connection, connection.transaction():
        root, rest, group = await _lock(connection, into, other)
        now = datetime.now(UTC)
        leaves = group[0]
        moved: list[Row] = []
        told: list[Disclosed] = []
        for case in rest:
            row = await (await connection.execute(_SINCE, (case, leaves))).fetchone()
            if row is not None:
                told += await told_since(connection, case, row[0])
                moved += await _part(connection, keys, case, row[0], group, now)
        undone = await (await connection.execute(_UNDO, {"now": now, "by": by, "group": group})).fetchall()
        await connection.execute(_POINT, {"leaves": leaves, "group": group})
        if moved:
            await copy_into(connection, keys, leaves, moved, now)
        else:
            await say_again(connection, keys, leaves, now)
        await stop_deliveries(connection, root, now)
        versions = [await speak(connection, keys, case, now) for case in (root, leaves)]
        for (survivor,) in sorted(set(undone)):
            await decide(connection, survivor, leaves, "kept-apart", by, now)
        if told:
            await open_tasks(connection, [breach_assessment(root, versions[0], now, told)])
    return Parted(root, versions[0], leaves, versions[1])


async def _lock(connection: Connection, a: UUID, b: UUID) -> tuple[UUID, list[UUID], list[UUID]]:
    """The case that goes on; it and what stays part of it; the case that leaves and what leaves with it."""
    found: dict[UUID, UUID | None] = dict(await (await connection.execute(_PART_OF, ([a, b],))).fetchall())
    if len(found) != 2:
        raise MergeRefused("one of the cases is not known, or both are the same")
    root = next((merged_into for merged_into in found.values() if merged_into is not None), None)
    if root is None:
        raise MergeRefused("they are two cases already")
    locked: dict[UUID, bool] = dict(await (await connection.execute(_LOCK, {"root": root})).fetchall())
    row = await (await connection.execute(_LEAVES, {"root": root, "a": a, "b": b})).fetchone()
    if row is None:
        raise MergeRefused("neither is part of the other: `tuo cases show` says what each is part of")
    if any(locked.values()):
        raise MergeRefused("what they said together is erased: nobody can tell any more what came from which")
    group = [row[0], *(id_ for (id_,) in await (await connection.execute(_WITH_IT, (row[0],))).fetchall())]
    return root, _with_root_last(root, locked.keys() - set(group)), group


def _with_root_last(root: UUID, cases: Iterable[UUID]) -> list[UUID]:
    """What was told of the case that leaves while it was part of one and then of another moves in the order it was told."""
    return sorted(cases, key=lambda case: (case == root, case))


async def _part(connection: Connection, keys: Keys, case: UUID, since: int, group: list[UUID], now: datetime) -> list[Row]:
    """Part what a case holds of those that leave; what was told of them since they were part of it is returned."""
    rows = await read_rows(connection, case, since)
    await connection.execute(_PART, (case, since))
    if staying := [one for one in rows if one.of not in group]:
        await copy_into(connection, keys, case, staying, now)
    else:
        await say_again(connection, keys, case, now)
    return [one for one in rows if one.of in group and not one.copied]
