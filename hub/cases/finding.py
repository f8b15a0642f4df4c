"""Where an arrival belongs: the case it names as corrected, or the one its marks point to.

A case that is part of another goes on having keys, likenesses, references and notifications of its own: whatever is told
of it is kept under it, and only the version is numbered in the case it is part of. So a merge can be undone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from hub.cases.arrival import Cause, Draft, Refusal
from hub.cases.echoes import Doubted, echoed
from hub.privacy import Keys
from hub.store import Connection

_MARKED = """
SELECT b.key, c.id, coalesce(c.merged_into, c.id), c.erased_at IS NOT NULL
FROM blind_key b JOIN cases c ON c.id = b.case_id WHERE b.key = ANY(%b::bytea[])
"""
# A version is gone with its key, though its case was told of anew.
_NAMED = """
SELECT c.id, coalesce(c.merged_into, c.id), c.erased_at IS NOT NULL OR EXISTS (
  SELECT FROM erasure e WHERE e.case_id IN (c.id, c.merged_into) AND v.data_key = ANY(e.data_keys))
FROM idempotency i JOIN cases c ON c.id = i.case_id JOIN case_version v ON v.notification = i.notification
WHERE i.client = %b AND i.key = %b AND c.kind = %b
"""
_HOLDS = "SELECT case_id FROM reference WHERE client = %b AND case_id = ANY(%b::uuid[])"


@dataclass(frozen=True, slots=True)
class Found:
    """`case` takes the version, `of` is the case that it is of: the same, or one that is part of it. `others` are further
    cases its marks point to, `known` the marks that are not new."""

    case: UUID
    of: UUID
    others: tuple[UUID, ...]
    known: frozenset[bytes]


async def find_case(connection: Connection, keys: Keys, draft: Draft) -> Found | Refusal | Doubted | None:
    """The case an arrival belongs to; else it opens one. What it names as corrected goes before any mark."""
    rows = await (await connection.execute(_MARKED, (list(draft.marks.certain),), binary=True)).fetchall()
    # Merges are never chained: what pointed to a case that is merged itself was moved on.
    pointed = {bytes(key): (root if erased else of, root) for key, of, root, erased in rows}
    known = frozenset(pointed)
    strongest = [pointed[mark] for mark in draft.marks.certain if mark in pointed]
    if draft.corrects is not None:
        named = await _named(connection, draft, draft.corrects)
        if isinstance(named, Refusal):
            return named
        return Found(named[1], named[0], _others(strongest, named[1]), known)
    if not strongest:
        echo = await echoed(connection, keys, draft)
        return echo if echo is None or isinstance(echo, Doubted) else Found(echo[1], echo[0], (), known)
    root = strongest[0][1]
    return Found(root, await _of(connection, draft, [of for of, case in strongest if case == root]), _others(strongest, root), known)


async def _named(connection: Connection, draft: Draft, key: bytes) -> tuple[UUID, UUID] | Refusal:
    row = await (await connection.execute(_NAMED, (draft.client, key, draft.kind.name), binary=True)).fetchone()
    if row is None:
        return Refusal(Cause.UNKNOWN)
    return Refusal(Cause.ERASED) if row[2] else (row[0], row[1])


async def _of(connection: Connection, draft: Draft, pointed: list[UUID]) -> UUID:
    """Of several that are one case now: the one its teller told of before, else the one with the strongest mark."""
    if len(set(pointed)) == 1:
        return pointed[0]
    rows = await (await connection.execute(_HOLDS, (draft.client, pointed), binary=True)).fetchall()
    return rows[0][0] if len(rows) == 1 else pointed[0]


def _others(pointed: Iterable[tuple[UUID, UUID]], root: UUID) -> tuple[UUID, ...]:
    return tuple(sorted({case for _, case in pointed} - {root}))
