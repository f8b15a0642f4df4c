"""Adds a version to a case there is, under the case's lock.

Locks are taken in the order case, idempotency keys, blind keys, lanes, deliveries; opening a case takes the same keys in
the same order, so nobody waits in a circle. What came between is noticed by a key that is suddenly known: the caller
rolls back and looks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from hub.cases.arrival import Draft, Position, Recorded
from hub.cases.carrying import queue
from hub.cases.content import Content, Version, effective_content, says_more, version_of
from hub.cases.finding import Found
from hub.cases.proposals import propose_alike, propose_disagreement
from hub.cases.stopping import stop_deliveries
from hub.cases.truth import Account, truth
from hub.cases.versions import read_versions
from hub.kinds import Kind
from hub.privacy import DataKey, Keys
from hub.store import Connection
from hub.tasks import Cause, TaskDraft, open_tasks
from schemas import Fact

_LOCK = "SELECT id, newest, merged_into FROM cases WHERE id = ANY(%b::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_REMEMBER = """
INSERT INTO idempotency (client, key, notification, case_id, body)
SELECT %b, key, %b, %b, %b FROM unnest(%b::bytea[]) AS key ON CONFLICT DO NOTHING
"""
_LEARN = "INSERT INTO blind_key (key, case_id) SELECT key, %b FROM unnest(%b::bytea[]) AS key ON CONFLICT DO NOTHING"
_TIE = """
INSERT INTO tie (key, case_id, role) SELECT key, %b, role FROM unnest(%b::bytea[], %b::text[]) AS t (key, role) ON CONFLICT DO NOTHING
"""
_INSERT = """
INSERT INTO case_version
  (case_id, version, notification, client, standing, fact, registration, source_time, recorded_at, data_key, sealed, position,
   merged_from)
VALUES (%b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, %b, nullif(%b::uuid, %b::uuid))
"""
_KEEP = "UPDATE cases SET newest = %b WHERE id = %b"
# Erased or not: what is told anew is due to everyone who was told before.
_ADVANCE = """
UPDATE cases SET newest = %(version)b, effective = %(version)b, standing = %(standing)b, fact = %(fact)b,
  registration = %(registration)b, source_time = %(time)b, plan_due = true, erased_at = NULL
WHERE id = %(case)b
"""
_REFER = """
WITH given AS (
  INSERT INTO reference (code, case_id, client, opened_at) VALUES (%b, %b, %b, %b) ON CONFLICT (case_id, client) DO NOTHING
  RETURNING code
)
SELECT code FROM given UNION ALL SELECT code FROM reference WHERE case_id = %b AND client = %b
"""


class Overtaken(Exception):
    """Another transaction recorded something of this between the look and the lock: roll back, look again."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """How a case stands after an arrival: the truth, the arrival's position, and whether tellers now disagree."""

    truth: Account
    position: Position
    disputed: bool


async def join_case(connection: Connection, keys: Keys, draft: Draft, found: Found, key: DataKey, now: datetime) -> Recorded:
    """Add the draft to the case that was found. Raises `Overtaken` when it has to be looked at again."""
    case_id = found.case
    version = await _lock(connection, found) + 1
    await _take_keys(connection, draft, found)

    accounts, readable = await read_versions(connection, keys, case_id)
    registration, event = draft.marks.registration, orjson.loads(draft.content)
    arrived = version_of(version, draft.standing, draft.fact, registration, draft.source_time, draft.client, event)
    stands = _weigh(draft.kind, accounts, readable, arrived)
    await _write(connection, draft, found, version, stands, key, now)
    if draft.marks.ties:
        await connection.execute(_TIE, (found.of, list(draft.marks.ties), [role.value for role in draft.marks.ties.values()]))
    reference = await _refer(connection, draft, found.of, now)
    await propose_disagreement(connection, case_id, found.others)
    await propose_alike(connection, case_id, found.of, draft.marks.alike)
    if stands.disputed:
        await open_tasks(connection, [TaskDraft(Cause.CONTACT_DISPUTED, str(case_id), case_id)])
    if stands.position is Position.NEWER and stands.truth.fact is not Fact.ASSERTED:
        await stop_deliveries(connection, case_id, now)
    told_before = any(account.client != draft.client for account in accounts)
    return Recorded(draft.notification, case_id, version, reference, stands.position, told_before)


def _weigh(kind: Kind, accounts: Sequence[Version], readable: Sequence[Version], arrived: Version) -> Weighed:
    before, after = truth(accounts), truth([*accounts, arrived])
    told: Content = effective_content(kind, readable) if readable else {}
    tells = effective_content(kind, [*readable, arrived])
    disputed = "contactDisputed" in tells and "contactDisputed" not in told
    if after.version != before.version or tells != told:
        return Weighed(after, Position.NEWER, disputed)
    second = all(account.client != arrived.client for account in accounts)
    repeated = second and arrived.fact is after.fact and not says_more(kind, arrived.content, told)
    return Weighed(after, Position.REPEATED if repeated else Position.OLDER, disputed)


async def _lock(connection: Connection, found: Found) -> int:
    """Lock the cases and see that they stand as they were found; the newest version there is."""
    ids = [found.case, found.of, *found.others]
    rows = {row[0]: row[1:] for row in await (await connection.execute(_LOCK, (ids,), binary=True)).fetchall()}
    part_of = {id_: merged_into for id_, (_, merged_into) in rows.items() if merged_into is not None}
    if part_of != ({} if found.of == found.case else {found.of: found.case}):
        raise Overtaken
    return int(rows[found.case][0])


async def _take_keys(connection: Connection, draft: Draft, found: Found) -> None:
    unknown = sorted(set(draft.marks.certain) - found.known)
    remembered = await connection.execute(_REMEMBER, (draft.client, draft.notification, found.of, draft.body, list(draft.keys)))
    learnt = await connection.execute(_LEARN, (found.of, unknown))
    if remembered.rowcount < len(draft.keys) or learnt.rowcount < len(unknown):
        raise Overtaken


async def _write(connection: Connection, draft: Draft, found: Found, version: int, stands: Weighed, key: DataKey, now: datetime) -> None:
    case_id = found.case
    row = (
        case_id, version, draft.notification, draft.client, int(draft.standing), int(draft.fact), draft.marks.registration,
        draft.source_time, now, key.id, draft.sealed(key, case_id, version), int(stands.position), found.of, case_id,
    )  # fmt: skip
    await connection.execute(_INSERT, row)
    if stands.position is not Position.NEWER:
        await connection.execute(_KEEP, (version, case_id))
        return
    await connection.execute(
        _ADVANCE,
        {
            "version": version,
            "standing": int(stands.truth.standing),
            "fact": int(stands.truth.fact),
            "registration": stands.truth.registration,
            "time": stands.truth.source_time,
            "case": case_id,
        },
    )
    await queue(connection, case_id, version, stands.truth.fact, now)


async def _refer(connection: Connection, draft: Draft, case_id: UUID, now: datetime) -> str:
    given = (draft.reference, case_id, draft.client, now, case_id, draft.client)
    row = await (await connection.execute(_REFER, given)).fetchone()
    assert row is not None  # given now, or before
    return str(row[0])
