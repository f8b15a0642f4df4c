"""The cases that follow from one, as far as its teller may know of them: that there are some, of which kind, and how far they are."""

from collections.abc import Sequence
from uuid import UUID

from hub.cases import own_client
from hub.store import Connection
from schemas import Fact, SourceKind, State
from schemas.status import Related, RelatedState

# A case that is part of another is that other, so what became part of the first case does not follow from it any more; and several
# places may lead to one.
_THEIRS = """
WITH theirs AS (
  SELECT root.id, root.kind, root.fact, root.plan_due, array_agg(c.id) || root.id AS cases
  FROM cases first JOIN follower f ON f.of_case = first.id
  JOIN blind_key b ON b.key = f.mark JOIN cases c ON c.id = b.case_id JOIN cases root ON root.id = coalesce(c.merged_into, c.id)
  WHERE (first.id = %(case)b OR first.merged_into = %(case)b) AND root.id <> %(case)b AND root.erased_at IS NULL GROUP BY root.id
)
"""
_RELATED = f"""{_THEIRS}
SELECT theirs.kind, theirs.fact, theirs.plan_due OR plan.decisions IS NULL, coalesce(held.unconfirmed, false), held.deliveries
FROM theirs
LEFT JOIN LATERAL (SELECT decisions FROM plan WHERE plan.case_id = theirs.id ORDER BY version DESC LIMIT 1) AS plan ON true
LEFT JOIN LATERAL (
  SELECT bool_or(decision ->> 'rule' = 'not-confirmed') AS unconfirmed,
    array_agg((decision ->> 'delivery')::uuid) FILTER (WHERE decision ? 'delivery') AS deliveries
  FROM jsonb_array_elements(plan.decisions) AS decision) AS held ON true
ORDER BY theirs.kind, theirs.id
"""  # noqa: S608 - constants
# The hub has a reference of its own to each, and several where it passed on what sources of several kinds told.
_FOLLOWING = f"""{_THEIRS}
SELECT min(r.code), theirs.kind FROM theirs JOIN reference r ON r.case_id = ANY(theirs.cases)
WHERE r.client = ANY(%(hub)b::text[]) GROUP BY theirs.id, theirs.kind ORDER BY theirs.kind, min(r.code)
"""  # noqa: S608 - constants
_OPEN = "SELECT id FROM delivery WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b AND state < %(told)b"


async def related_to(connection: Connection, case: UUID) -> tuple[Related, ...]:
    """Those that follow from `case`."""
    rows = await (await connection.execute(_RELATED, {"case": case}, binary=True)).fetchall()
    unreached = await _open(connection, [id_ for *_, ids in rows for id_ in ids or ()])
    return tuple(
        Related(kind=kind, state=_state(Fact(fact), unplanned, unconfirmed, not unreached.isdisjoint(ids or ())))
        for kind, fact, unplanned, unconfirmed, ids in rows
    )


async def following(connection: Connection, case: UUID) -> list[tuple[str, str]]:
    """A reference to each case that follows from `case`, and its kind, for the hub's own people."""
    given = {"case": case, "hub": [own_client(kind) for kind in SourceKind]}
    return await (await connection.execute(_FOLLOWING, given, binary=True)).fetchall()


async def _open(connection: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the deliveries whose recipients do not have them yet."""
    if not ids:
        return set()
    given = {"ids": list(ids), "low": min(ids), "high": max(ids), "told": int(State.ACCEPTED)}
    return {id_ for (id_,) in await (await connection.execute(_OPEN, given, binary=True)).fetchall()}


def _state(fact: Fact, unplanned: bool, unconfirmed: bool, is_open: bool) -> RelatedState:
    if fact is not Fact.ASSERTED:
        return RelatedState.ENDED
    if unconfirmed:
        return RelatedState.WAITING
    return RelatedState.TELLING if unplanned or is_open else RelatedState.TOLD
