"""Writes a batch of plans, so that doing it twice writes nothing twice."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hub.planning.field_sets import FieldSets
from hub.planning.rows import Rows
from hub.store import Connection, record_changes

_PLANS = """
INSERT INTO plan (case_id, version, register, planned_at, decisions, notes)
SELECT case_id, version, %b, %b, decisions::jsonb, notes::jsonb
FROM unnest(%b::uuid[], %b::int[], %b::text[], %b::text[]) AS p (case_id, version, decisions, notes)
ON CONFLICT (case_id, version) DO UPDATE
SET register = excluded.register, planned_at = excluded.planned_at, decisions = excluded.decisions, notes = excluded.notes
"""
_DELIVERIES = """
INSERT INTO delivery (id, case_id, subject, lane, version, state, notice, priority, message, reason, alias, due_at, changed_at)
SELECT id, case_id, subject, lane, %b::int, %b::smallint, %b::smallint, %b::smallint, %b::smallint, %b::text, %b::uuid, %b, %b
FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::int[]) AS d (id, case_id, subject, lane)
ON CONFLICT (id) DO NOTHING
"""
_MESSAGES = """
INSERT INTO message (delivery, number, agreement, register, fields, data_key, sealed, data)
SELECT delivery, number, agreement, %b, fields, data_key, sealed, data
FROM unnest(%b::uuid[], %b::smallint[], %b::text[], %b::int[], %b::bigint[], %b::bytea[], %b::bytea[])
  AS m (delivery, number, agreement, fields, data_key, sealed, data)
ON CONFLICT (delivery, number) DO NOTHING
"""
# The rows are locked, so their states are those the plan was made for. What was superseded keeps its claim's traces.
_REVISIONS = """
UPDATE delivery d SET state = r.state, message = r.message, reason = r.reason, changed_at = %(at)b,
  due_at = CASE WHEN r.state = 1 THEN %(at)b ELSE d.due_at END
FROM unnest(%(ids)b::uuid[], %(states)b::smallint[], %(messages)b::smallint[], %(reasons)b::text[]) AS r (id, state, message, reason)
WHERE d.id = r.id AND d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b AND d.state <> 2
"""
# The clock, which follows the ledger by the time in its ids, looks at these by name.
_EXPECT = "INSERT INTO expected (delivery, look_at) SELECT id, %b FROM unnest(%b::uuid[]) AS id ON CONFLICT DO NOTHING"
_DONE = "UPDATE cases SET plan_due = false WHERE id = ANY(%b::uuid[])"
_AGAIN = "UPDATE cases SET replan_at = a.at FROM unnest(%b::uuid[], %b::timestamptz[]) AS a (id, at) WHERE cases.id = a.id"


async def write(connection: Connection, rows: Rows, register: int, field_sets: FieldSets, done: Sequence[UUID]) -> None:
    """Write everything in the caller's transaction and pipeline. `done` are the cases that no longer wait for planning."""
    at = rows.at
    numbers = await field_sets.number(connection, {message[3] for message in rows.messages})
    if rows.plans:
        await connection.execute(_PLANS, (register, at, *_columns(rows.plans)))
    for alike, deliveries in rows.deliveries.items():
        await connection.execute(_DELIVERIES, (*alike, at, at, *_columns(deliveries)))
    if rows.messages:
        ids, counts, agreements, fields, keys, sealed, data = _columns(rows.messages)
        await connection.execute(_MESSAGES, (register, ids, counts, agreements, [numbers[one] for one in fields], keys, sealed, data))
    if rows.revisions:
        ids, states, messages, reasons = _columns(rows.revisions)
        given = {"at": at, "ids": ids, "states": states, "messages": messages, "reasons": reasons, "low": min(ids), "high": max(ids)}
        await connection.execute(_REVISIONS, given)
    if rows.late:
        await connection.execute(_EXPECT, (at, rows.late))
    await connection.execute(_DONE, (list(done),))
    again = [(plan[0], at) for plan, at in zip(rows.plans, rows.again, strict=True) if at is not None]
    if again:
        await connection.execute(_AGAIN, _columns(again))
    await record_changes(connection, rows.changes, at, rows.planned, rows.begun)


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
