"""The cases that follow from one, as far as its teller may know of them: that there are some, of which kind, and how far they are."""

from uuid import UUID

from hub.store import Connection
from schemas import Fact, State
from schemas.status import Related, RelatedState

# A case that is part of another is that other, and several places may lead to one.
_RELATED = """
WITH theirs AS (
  SELECT DISTINCT root.id, root.kind, root.fact, root.plan_due, root.erased_at IS NOT NULL AS erased
  FROM follower f JOIN cases first ON first.id = f.of_case
  JOIN blind_key b ON b.key = f.mark JOIN cases c ON c.id = b.case_id JOIN cases root ON root.id = coalesce(c.merged_into, c.id)
  WHERE first.id = %(case)b OR first.merged_into = %(case)b
)
SELECT theirs.kind, theirs.fact, theirs.plan_due OR plan.decisions IS NULL, coalesce(held.unconfirmed, false), coalesce(held.open, false)
FROM theirs
LEFT JOIN LATERAL (SELECT decisions FROM plan WHERE plan.case_id = theirs.id ORDER BY version DESC LIMIT 1) AS plan ON true
LEFT JOIN LATERAL (
  SELECT bool_or(decision ->> 'rule' = 'not-confirmed') AS unconfirmed, bool_or(d.state < %(told)b) AS open
  FROM jsonb_array_elements(plan.decisions) AS decision LEFT JOIN delivery d ON d.id = (decision ->> 'delivery')::uuid) AS held ON true
WHERE NOT theirs.erased ORDER BY theirs.kind, theirs.id
"""


async def related_to(connection: Connection, case: UUID) -> tuple[Related, ...]:
    """Those that follow from `case`."""
    rows = await (await connection.execute(_RELATED, {"case": case, "told": int(State.ACCEPTED)}, binary=True)).fetchall()
    return tuple(Related(kind=kind, state=_state(Fact(fact), *rest)) for kind, fact, *rest in rows)


def _state(fact: Fact, unplanned: bool, unconfirmed: bool, is_open: bool) -> RelatedState:
    if fact is not Fact.ASSERTED:
        return RelatedState.ENDED
    if unconfirmed:
        return RelatedState.WAITING
    return RelatedState.TELLING if unplanned or is_open else RelatedState.TOLD
