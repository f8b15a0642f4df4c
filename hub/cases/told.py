"""Who knows of a case: whoever was told of it, under it, under a case merged into it or under one it was part
of, and whoever told the hub itself.

Planning and the engine both ask here: an end that one plans for somebody, the other must not take for one of nobody's.
"""

from typing import NamedTuple
from uuid import UUID

from hub.cases.breach import Disclosed
from hub.store import Connection
from schemas import delivery_id

# A merge is never chained, so the cases merged into one are all there is beside it. What a case sent while another was part
# of it is part of that one's past too, though the merge was undone since: whose it is, the subject of each delivery says.
_PLANNED = """
WITH own AS (
  SELECT coalesce(merged_into, id) AS is_now, id, subject FROM cases
  WHERE id = ANY(%(cases)b::uuid[]) OR merged_into = ANY(%(cases)b::uuid[])
), planned AS (
  SELECT is_now, subject, decisions FROM own JOIN plan p ON p.case_id = own.id
  UNION ALL
  SELECT is_now, subject, decisions FROM own JOIN merge m ON m.merged = own.id
  JOIN plan p ON p.case_id = m.survivor AND p.version BETWEEN m.first AND m.last
)
SELECT is_now, subject, (decision ->> 'delivery')::uuid
FROM planned CROSS JOIN LATERAL jsonb_array_elements(decisions) AS decision WHERE decision ? 'delivery'
"""
_VERSIONS = """
SELECT v.case_id, v.version, v.recorded_at, coalesce(client.recipient = %(recipient)b::text AND v.fact = 1 AND NOT v.parted, false)
FROM cases c JOIN case_version v ON v.case_id = c.id LEFT JOIN client ON client.id = v.client
WHERE (c.id = %(case)b OR c.merged_into = %(case)b) AND (c.id <> %(case)b OR v.version < %(version)b::int)
UNION ALL
SELECT v.case_id, v.version, v.recorded_at, false
FROM cases c JOIN merge m ON m.merged = c.id
JOIN case_version v ON v.case_id = m.survivor AND v.version BETWEEN m.first AND m.last
WHERE c.id = %(case)b OR c.merged_into = %(case)b
"""
_TOLD = """
SELECT EXISTS (
  SELECT FROM delivery WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b AND told
    AND subject IN (SELECT subject FROM cases WHERE id = %(case)b OR merged_into = %(case)b))
"""
_SENT = """
SELECT lane.recipient, CASE WHEN m.data IS NULL OR m.fetched_at IS NOT NULL THEN f.fields END, d.first_attempt_at
FROM delivery d JOIN lane ON lane.id = d.lane
LEFT JOIN message m ON m.delivery = d.id AND (m.number = d.message OR m.fetched_at IS NOT NULL)
  AND m.delivery BETWEEN %(low)b AND %(high)b
LEFT JOIN field_set f ON f.id = m.fields
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b AND d.told ORDER BY d.id
"""
_OF_VERSIONS = """
SELECT (decision ->> 'delivery')::uuid FROM plan CROSS JOIN LATERAL jsonb_array_elements(decisions) AS decision
WHERE case_id = %b AND version >= %b AND decision ? 'delivery'
"""


class PlannedDelivery(NamedTuple):
    """A delivery that a plan of `case` names, or of a case merged into it, or of one that it was part of; `subject` is that of
    the case or of the one merged into it, as which the plan counts here. A delivery may come more than once."""

    case: UUID
    subject: UUID
    delivery: UUID


async def planned_deliveries(connection: Connection, cases: list[UUID]) -> list[PlannedDelivery]:
    """Everything ever planned for these cases, under their own ids and under those merged into them."""
    rows = await (await connection.execute(_PLANNED, {"cases": cases}, binary=True)).fetchall()
    return [PlannedDelivery(*row) for row in rows]


async def was_told(connection: Connection, case: UUID, version: int, recipient: str, *, or_told_us: bool) -> bool:
    """Whether a recipient was told of the case before this version; with `or_told_us` also whether it said itself that it is so."""
    rows = await (await connection.execute(_VERSIONS, {"case": case, "version": version, "recipient": recipient}, binary=True)).fetchall()
    if or_told_us and any(said for _, _, _, said in rows):
        return True
    ids = [delivery_id(recorded_at, of, number, recipient) for of, number, recorded_at, _ in rows]
    if not ids:
        return False
    row = await (await connection.execute(_TOLD, {"case": case, "ids": ids, "low": min(ids), "high": max(ids)}, binary=True)).fetchone()
    return bool(row and row[0])


async def told_since(connection: Connection, case: UUID, version: int) -> list[Disclosed]:
    """What was told under a case from this version of it on, in the order it was; of a thin event only what was fetched."""
    ids = [row[0] for row in await (await connection.execute(_OF_VERSIONS, (case, version), binary=True)).fetchall()]
    if not ids:
        return []
    given = {"ids": ids, "low": min(ids), "high": max(ids)}
    rows = await (await connection.execute(_SENT, given, binary=True)).fetchall()
    return [Disclosed(recipient, fields or (), since) for recipient, fields, since in rows]
