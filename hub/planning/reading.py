"""Reads what is to be planned: the cases, locked in the order of their ids, then all a whole batch needs of each."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from hub.cases import Version, effective_content, is_own_client, truth, version_of
from hub.kinds import Kind, Kinds
from hub.planning.case import DueCase, FirstHand, Said
from hub.privacy import DataKey, Keys, case_context, must_be_erased
from hub.recipients import Register
from hub.store import Connection
from schemas import Fact, Standing

# Locked in a statement of its own: one that waits for a lock goes on with the snapshot it had.
_LOCK = "SELECT FROM cases WHERE id = ANY(%b::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_CASES = """
SELECT c.id, c.subject, c.kind, c.effective, c.standing, c.fact, v.recorded_at, v.data_key, v.sealed, client.recipient, client.source_kind,
  c.newest > 1 OR p.planned IS NOT NULL OR EXISTS (SELECT FROM cases other WHERE other.merged_into = c.id),
  (SELECT max(version) FROM register), EXISTS (SELECT FROM task WHERE task.case_id = c.id AND task.closed_at IS NULL),
  v.client, coalesce(p.planned = c.effective, false)
FROM cases c
JOIN case_version v ON v.case_id = c.id AND v.version = c.effective
LEFT JOIN client ON client.id = v.client
CROSS JOIN LATERAL (SELECT max(version) AS planned FROM plan WHERE plan.case_id = c.id) AS p
WHERE c.id = ANY(%b::uuid[]) AND c.plan_due = %b AND c.erased_at IS NULL AND c.merged_into IS NULL
"""
# Nothing new rests on what an erasure is about to take.
_VERSIONS = """
SELECT v.case_id, v.version, v.standing, v.fact, v.registration, v.source_time, v.client, v.data_key, v.sealed, client.recipient,
  client.source_kind
FROM case_version v LEFT JOIN client ON client.id = v.client LEFT JOIN erasure e ON e.case_id = v.case_id
WHERE v.case_id = ANY(%b::uuid[]) AND NOT v.parted AND (e.case_id IS NULL OR v.data_key <> ALL (e.data_keys))
"""

_Row = tuple[Any, ...]


class OutdatedRegister(Exception):
    """A newer register was loaded: what is planned again because of it must not be planned by the one before, which may also not
    know its kind."""


async def read_due(
    connection: Connection, keys: Keys, register: Register, ids: Sequence[UUID]
) -> tuple[list[DueCase], set[UUID], list[UUID]]:
    """The cases of `ids` that wait for planning, locked; those of them with a past; those whose content is erased.

    A case whose effective version's key is destroyed can be told to nobody any more. Raises `SealBroken` where a key is
    gone that no erasure destroyed, and `OutdatedRegister`.
    """
    await connection.execute(_LOCK, (list(ids),))
    rows = await (await connection.execute(_CASES, (list(ids), True), binary=True)).fetchall()
    if any(row[12] > register.version for row in rows):
        raise OutdatedRegister
    opened = await _opened(connection, keys, {row[7] for row in rows})
    cases: list[DueCase] = []
    with_past: set[UUID] = set()
    erased: list[UUID] = []
    for row in rows:
        key = opened.get(row[7])
        if key is None:
            erased.append(row[0])
            continue
        if row[11]:
            with_past.add(row[0])
        cases.append(_due(row, key, register.kinds))
    return cases, with_past, erased


async def read_planned(connection: Connection, keys: Keys, kinds: Mapping[UUID, Kinds]) -> list[DueCase]:
    """Those of the cases that are planned and can be read, not locked; `kinds` are those each was planned by."""
    rows = await (await connection.execute(_CASES, (list(kinds), False), binary=True)).fetchall()
    opened = await keys.get({row[7] for row in rows})
    return [_due(row, opened[row[7]], kinds[row[0]]) for row in rows if row[7] in opened]


async def read_versions(connection: Connection, keys: Keys, cases: Mapping[UUID, DueCase]) -> None:
    """Give cases of several versions the content that is told of them, and what recipients among their tellers said."""
    rows = await (await connection.execute(_VERSIONS, (list(cases),), binary=True)).fetchall()
    opened = await _opened(connection, keys, {row[7] for row in rows})
    versions: dict[UUID, list[Version]] = {}
    said: dict[UUID, dict[str, Said]] = {}
    source_kinds: dict[str, str | None] = {}
    for row in sorted(rows, key=lambda r: r[1]):
        case_id, number, standing, fact, registration, source_time, client, data_key, sealed, recipient, source_kinds[row[6]] = row
        key = opened.get(data_key)
        if key is None:
            continue
        event = orjson.loads(key.open(sealed, case_context(case_id, number)))
        version = version_of(number, standing, fact, registration, source_time, client, event)
        versions.setdefault(case_id, []).append(version)
        if recipient is not None:
            said.setdefault(case_id, {})[recipient] = _said(number, event)
    for case_id, readable in versions.items():
        case = cases[case_id]
        whole = _heard(case.kind, readable, source_kinds)
        others = [version for version in readable if not is_own_client(version.client)] if case.kind.follows else []
        case.content, case.source_kind, case.said = whole.content, whole.source_kind, said.get(case_id, {})
        case.first_hand = whole if len(others) == len(readable) else _heard(case.kind, others, source_kinds) if others else None


def _heard(kind: Kind, versions: Sequence[Version], source_kinds: Mapping[str, str | None]) -> FirstHand:
    """What comes of these versions, and what kind of client told their truth."""
    newest = truth(versions).version
    teller = next(version.client for version in versions if version.version == newest)
    return FirstHand(effective_content(kind, versions), source_kinds[teller])


async def _opened(connection: Connection, keys: Keys, ids: set[int]) -> Mapping[int, DataKey]:
    opened = await keys.get(ids)
    if missing := ids - opened.keys():
        await must_be_erased(connection, missing)
    return opened


def _due(row: _Row, key: DataKey, kinds: Kinds) -> DueCase:
    case_id, subject, kind, version, standing, fact, recorded_at, _, sealed, recipient, source_kind = row[:11]
    with_tasks, client, is_replan = row[13:]
    # What intake validated and wrote itself is read as plain JSON: the models cost ten times as much.
    event = orjson.loads(key.open(sealed, case_context(case_id, version)))
    said = {recipient: _said(version, event)} if recipient is not None else {}
    return DueCase(
        case_id,
        subject,
        kinds[kind],
        version,
        Standing(standing),
        Fact(fact),
        recorded_at,
        source_kind,
        key,
        event["data"],
        said,
        with_tasks=with_tasks,
        is_replan=is_replan,
        first_hand=None if is_own_client(client) else FirstHand(event["data"], source_kind),
    )


def _said(version: int, event: Mapping[str, Any]) -> Said:
    return Said(version, event["data"], event["source"], event["id"])
