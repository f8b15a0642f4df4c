"""Merges two cases that a person found to be one, or notes that they are two.

The survivor takes copies of the other's versions, each sealed under a key of its own and marked with where it came
from; the other keeps its own versions, plans and disclosures as they were and points to the survivor. So what a merge
brought together can still be told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from hub.cases.proposals import pair_of
from hub.cases.stopping import stop_deliveries
from hub.cases.truth import truth
from hub.cases.versions import read_versions
from hub.privacy import DataKey, Keys, SealBroken, case_context
from hub.store import Connection, Pool
from hub.tasks import Cause, close_tasks
from schemas import Fact, new_id

_LOCK = """
SELECT id, kind, newest, merged_into IS NOT NULL, erased_at IS NOT NULL FROM cases
WHERE id = ANY(%b::uuid[]) ORDER BY id FOR NO KEY UPDATE
"""
# What was erased of it before it was told of anew is not brought along.
_READ = """
SELECT v.version, v.data_key, v.sealed FROM case_version v LEFT JOIN erasure e ON e.case_id = v.case_id
WHERE v.case_id = %b AND (e.case_id IS NULL OR v.data_key <> ALL (e.data_keys)) ORDER BY v.version
"""
_COPY = """
INSERT INTO case_version (case_id, version, notification, client, standing, fact, registration, source_time, recorded_at,
  data_key, sealed, position, merged_from)
SELECT %b, %b, %b, client, standing, fact, registration, source_time, %b, %b, %b, position, case_id
FROM case_version WHERE case_id = %b AND version = %b
"""
_POINT = "UPDATE cases SET merged_into = %(into)b, plan_due = false WHERE id = %(other)b OR merged_into = %(other)b"
_SURVIVE = """
UPDATE cases SET newest = %b, effective = %b, standing = %b, fact = %b, registration = %b, source_time = %b, plan_due = true
WHERE id = %b
"""
_QUEUE = "INSERT INTO outbox (case_id, version, urgent, recorded_at) VALUES (%b, %b, %b, %b)"
_DECIDE = """
INSERT INTO proposed_match (case_a, case_b, cause, decision, decided_at, decided_by)
VALUES (least(%(a)b::uuid, %(b)b::uuid), greatest(%(a)b::uuid, %(b)b::uuid), 'by-hand', %(decision)b, %(now)b, %(by)b)
ON CONFLICT (case_a, case_b) DO UPDATE
SET decision = excluded.decision, decided_at = excluded.decided_at, decided_by = excluded.decided_by
"""
_LIST = """
SELECT case_a, case_b, cause, proposed_at, decision FROM proposed_match
WHERE decision IS NULL OR NOT %b::boolean ORDER BY proposed_at LIMIT %b::int
"""


class MergeRefused(Exception):
    """The two cannot be merged; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two cases that may be one."""

    case_a: UUID
    case_b: UUID
    cause: str
    proposed_at: datetime
    decision: str | None  # merged, kept-apart


async def proposals(pool: Pool, *, undecided: bool = True, limit: int = 200) -> list[Proposal]:
    """Oldest first; only those nobody has decided with `undecided`."""
    async with pool.connection() as connection:
        return [Proposal(*row) for row in await (await connection.execute(_LIST, (undecided, limit))).fetchall()]


async def merge(pool: Pool, keys: Keys, into: UUID, other: UUID, by: str) -> int:
    """Make `other` part of `into` and have that planned again; the survivor's new version. Raises `MergeRefused`."""
    now = datetime.now(UTC)
    async with pool.connection() as connection, connection.transaction():
        newest = await _lock(connection, into, other)
        rows = await (await connection.execute(_READ, (other,), binary=True)).fetchall()
        fresh = await keys.fresh(len(rows))
        newest = await _copy(connection, keys, rows, into, other, newest, fresh, now)
        versions, _ = await read_versions(connection, keys, into)
        newly = truth(versions)
        urgent = newly.fact is not Fact.ASSERTED
        given = (newest, newest, int(newly.standing), int(newly.fact), newly.registration, newly.source_time, into)
        await connection.execute(_SURVIVE, given)
        await connection.execute(_POINT, {"into": into, "other": other})
        await connection.execute(_QUEUE, (into, newest, urgent, now))
        await _decide(connection, into, other, "merged", by, now)
        # One after the other in the order of all who lock lanes twice: nobody else locks those of two cases at once.
        await stop_deliveries(connection, other, now)
    return newest


async def keep_apart(pool: Pool, case_a: UUID, case_b: UUID, by: str) -> None:
    """Note that these are two; they are not proposed again."""
    async with pool.connection() as connection, connection.transaction():
        await _lock(connection, case_a, case_b)
        await _decide(connection, case_a, case_b, "kept-apart", by, datetime.now(UTC))


async def _lock(connection: Connection, into: UUID, other: UUID) -> int:
    rows = await (await connection.execute(_LOCK, ([into, other],), binary=True)).fetchall()
    if len(rows) != 2:
        raise MergeRefused("one of the cases is not known, or both are the same: give two ids of `tuo cases list --proposed`")
    if any(row[3] for row in rows):
        raise MergeRefused("one of them is merged already: name the case it was merged into")
    if any(row[4] for row in rows):
        raise MergeRefused("one of them is erased: there is nothing left to merge")
    if len({row[1] for row in rows}) > 1:
        raise MergeRefused("they are changes of different kinds")
    return next(int(row[2]) for row in rows if row[0] == into)


async def _copy(
    connection: Connection,
    keys: Keys,
    rows: Sequence[tuple[int, int, bytes]],
    into: UUID,
    other: UUID,
    newest: int,
    fresh: Sequence[DataKey],
    now: datetime,
) -> int:
    opened = await keys.get({row[1] for row in rows})
    for (version, data_key, sealed), key in zip(rows, fresh, strict=True):
        if data_key not in opened:
            raise SealBroken("a key of the case is destroyed, though it is not erased")
        newest += 1
        content = opened[data_key].open(sealed, case_context(other, version))
        resealed = key.seal(content, case_context(into, newest))
        await connection.execute(_COPY, (into, newest, new_id(), now, key.id, resealed, other, version))
    return newest


async def _decide(connection: Connection, a: UUID, b: UUID, decision: str, by: str, now: datetime) -> None:
    await connection.execute(_DECIDE, {"a": a, "b": b, "decision": decision, "now": now, "by": by})
    pair = pair_of(a, b)
    await close_tasks(connection, [(Cause.MATCH_PROPOSED, pair), (Cause.KEYS_DISAGREE, pair)], by)
