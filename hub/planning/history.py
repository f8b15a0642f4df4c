"""Reads what was planned before for cases planned again, with the lanes and then the deliveries locked."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from hub.cases import planned_deliveries
from hub.kinds import Part
from hub.planning.case import Content, DueCase, Past
from hub.planning.field_sets import FieldSets
from hub.planning.offers import Lane
from hub.privacy import DataKey, Keys, data_context
from hub.recipients import URGENT_LANE
from hub.store import Connection
from schemas import Notice, State, message_id

# Lanes before deliveries, each in an earlier statement than what relies on it: a claim may be under way.
_LOCK_LANES = """
SELECT FROM lane WHERE id IN (
  SELECT lane FROM delivery WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b AND state < 10
) ORDER BY id FOR NO KEY UPDATE
"""
_LOCK_DELIVERIES = """
SELECT FROM delivery WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b ORDER BY id FOR NO KEY UPDATE
"""
_DELIVERIES = """
SELECT d.id, d.case_id, lane.recipient, d.version, d.lane, lane.connector, lane.split = %(urgent)b, d.state, d.notice, d.told, d.message,
  d.first_attempt_at, m.agreement, m.fields, d.reason,
  CASE WHEN NOT EXISTS (
    SELECT FROM erasure e WHERE m.data_key = ANY(e.data_keys)
      AND e.case_id = ANY(ARRAY[c.id, c.merged_into] || ARRAY(SELECT merged FROM merge WHERE survivor = c.id)))
    THEN m.data_key END,
  m.sealed, d.subject, d.alias, m.data, m.fetched_at IS NOT NULL
FROM delivery d JOIN lane ON lane.id = d.lane JOIN cases c ON c.id = d.case_id
LEFT JOIN message m ON m.delivery = d.id AND m.number = d.message AND m.delivery BETWEEN %(low)b AND %(high)b
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b ORDER BY d.id
"""


async def read_past(connection: Connection, keys: Keys, field_sets: FieldSets, cases: Mapping[UUID, DueCase]) -> None:
    """Give cases their past, and what it told where that is needed to take it back."""
    planned = await planned_deliveries(connection, list(cases))
    if not planned:
        return
    owners: dict[UUID, set[UUID]] = {}
    for case_id, subject, delivery in planned:
        owners.setdefault(delivery, set()).add(case_id)
        cases[case_id].subjects |= {subject, cases[case_id].subject}
    given = {"ids": list(owners), "low": min(owners), "high": max(owners), "urgent": URGENT_LANE}
    await connection.execute(_LOCK_LANES, given)
    await connection.execute(_LOCK_DELIVERIES, given)
    rows = await (await connection.execute(_DELIVERIES, given, binary=True)).fetchall()
    sets = await field_sets.read(connection, {row[13] for row in rows if row[13] is not None})
    for row in rows:
        past = _past(row, sets)
        for case in [cases[case_id] for case_id in owners[past.id]]:
            (case.past if past.subject in case.subjects else case.strange).append(past)
    await _open(keys, cases)


def _past(row: Sequence[Any], sets: Mapping[int, tuple[str, ...]]) -> Past:
    id_, case_id, recipient, version, lane, connector, urgent, state, notice, told, message, since, agreement, fields, *more = row
    reason, data_key, sealed, subject, alias, data, fetched = more
    known = () if fields is None else sets[fields]
    return Past(
        id_, case_id, subject, recipient, version, Lane(lane, connector, urgent), State(state), Notice(notice), told, message, since,
        agreement, known, reason, data_key, sealed, data, fetched, alias,
    )  # fmt: skip


async def _open(keys: Keys, cases: Mapping[UUID, DueCase]) -> None:
    told = {past.id: past for case in cases.values() for past in case.past if past.knows and past.sealed is not None}
    found = await keys.get({past.data_key for past in told.values() if past.data_key is not None})
    opened: dict[UUID, Content] = {}
    parts: dict[UUID, Part] = {}
    stopping_nothing: set[UUID] = set()
    for id_, past in told.items():
        key = found.get(past.data_key or 0)
        if key is not None and past.sealed is not None:
            event, opened[id_] = _told(key, past.sealed, past.data, message_id(id_, past.message))
            if "part" in event:
                parts[id_] = Part(event["part"])
            if event.get("stoppayments") is False:
                stopping_nothing.add(id_)
    for case in cases.values():
        case.opened = {past.id: opened[past.id] for past in case.past if past.id in opened}
        case.parts = {past.id: parts[past.id] for past in case.past if past.id in parts}
        case.stopping_nothing = frozenset(past.id for past in case.past if past.id in stopping_nothing)


def _told(key: DataKey, sealed: bytes, data: bytes | None, message: str) -> tuple[Mapping[str, Any], Content]:
    """The event of a message, and what it tells; of a thin event what it leaves to be fetched, fetched or not."""
    event = orjson.loads(key.open(sealed, message.encode()))
    return event, event["data"] if data is None else orjson.loads(key.open(data, data_context(message)))
