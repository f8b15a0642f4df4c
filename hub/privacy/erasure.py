"""Erasing a case: what is unsent is recalled, what is in flight is waited for, then every key of it is destroyed.

The history stays: which services were told what kind of thing, when and under which agreement. Its content is gone
from every copy the hub holds; recipients' own topics may hold one for a while, and are listed with their dates.
"""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import orjson

from hub.privacy.keys import KEY_CACHE_SECONDS, Keys
from hub.privacy.reach import Remains, Retention, data_keys_of, erased_deliveries, listed_keys, lock, what_remains
from hub.privacy.sealing import SealBroken
from hub.store import Change, Connection, Pool, record_changes
from schemas.delivery import State, sources_of

ERASED = "erased"
_PAGE = 1000

_CASE_OF = "SELECT coalesce(cases.merged_into, cases.id) FROM reference JOIN cases ON cases.id = case_id WHERE code = %b"
_MARK = "UPDATE cases SET erased_at = coalesce(erased_at, now()), plan_due = false, replan_at = NULL WHERE id = ANY(%b::uuid[])"
_STANDS = """
SELECT cases.erased_at IS NOT NULL, coalesce(cardinality(erasure.data_keys), 0) > 0
FROM cases LEFT JOIN erasure ON erasure.case_id = cases.id WHERE cases.id = %b
"""
# A case that was told of anew after it was erased may be erased anew.
_REQUEST = """
INSERT INTO erasure (case_id, data_keys) VALUES (%b, %b::bigint[])
ON CONFLICT (case_id) DO UPDATE SET requested_at = now(), destroyed_at = NULL, data_keys = excluded.data_keys
"""
_STOP_RELAY = "DELETE FROM outbox WHERE case_id = ANY(%b::uuid[])"
_LOCK_LANES = """
SELECT FROM lane WHERE id IN (SELECT lane FROM delivery WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b)
ORDER BY id FOR NO KEY UPDATE
"""
_OPEN = """
SELECT d.id, d.case_id, lane.recipient, d.lane, d.version, d.state FROM delivery d JOIN lane ON lane.id = d.lane
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b AND d.state = ANY(%(open)b::smallint[])
ORDER BY d.id FOR NO KEY UPDATE OF d
"""
_RECALL = """
UPDATE delivery SET state = %(cancelled)b, reason = %(reason)b, changed_at = now()
WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b AND state = ANY(%(open)b::smallint[])
"""
_NOTE_REMAINS = "UPDATE erasure SET remains = %b::jsonb WHERE case_id = %b"
_DESTROYED = "UPDATE erasure SET destroyed_at = coalesce(destroyed_at, now()) WHERE case_id = %b RETURNING requested_at, destroyed_at"
_UNFINISHED = "SELECT case_id FROM erasure WHERE destroyed_at IS NULL ORDER BY requested_at LIMIT %b"
# What was told of a case after its erasure stays.
_MARK_AGAIN = """
UPDATE cases SET erased_at = coalesce(erased_at, now()), plan_due = false, replan_at = NULL FROM erasure
WHERE erasure.case_id = ANY(%b::uuid[]) AND (cases.id = erasure.case_id OR cases.merged_into = erasure.case_id)
  AND NOT EXISTS (SELECT FROM case_version v WHERE v.case_id = cases.id AND v.data_key <> ALL (erasure.data_keys))
"""
_ERASED_KEYS = "SELECT key FROM erasure CROSS JOIN LATERAL unnest(data_keys) AS key WHERE key = ANY(%b::bigint[])"
_REPLAY = "SELECT case_id, data_keys FROM erasure WHERE destroyed_at IS NOT NULL AND case_id > %b ORDER BY case_id LIMIT %b"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did. With deliveries still in flight nothing is destroyed yet: it is to be called again."""

    requested_at: datetime | None
    destroyed_at: datetime | None
    keys: int
    in_flight: int
    remains: tuple[Remains, ...]


async def erase(ledger: Pool, keys: Keys, reference: str, retention: Retention, *, patience: float = 60.0) -> Erasure | None:
    """Erase the case behind `reference`; None where there is none. Waits at most `patience` seconds for what is in
    flight. May be repeated at any time: it goes on where it stopped, and takes in what was told since it was done."""
    async with ledger.connection() as connection:
        row = await (await connection.execute(_CASE_OF, (reference,))).fetchone()
    if row is None:
        return None
    await _mark(ledger, row[0], anew=True)
    return await _carry_through(ledger, keys, row[0], retention, patience)


async def _carry_through(ledger: Pool, keys: Keys, case: UUID, retention: Retention, patience: float) -> Erasure:
    """Recall, wait, destroy: what was listed at the mark, and nothing that was told since."""
    end = time.monotonic() + patience
    while in_flight := await _recall(ledger, case):
        if time.monotonic() > end:
            return Erasure(None, None, 0, in_flight, ())
        await asyncio.sleep(0.1)
    async with ledger.connection() as connection:
        data_keys = await listed_keys(connection, case)
        deliveries = await erased_deliveries(connection, await lock(connection, case), data_keys)
        remains = await what_remains(connection, deliveries, retention)
        listed = [{"recipient": r.recipient, "topic": r.topic, "until": r.until} for r in remains]
        await connection.execute(_NOTE_REMAINS, (orjson.dumps(listed).decode(), case))
    await keys.destroy(data_keys)
    await asyncio.sleep(KEY_CACHE_SECONDS)
    async with ledger.connection() as connection:
        requested_at, destroyed_at = await _one(connection, _DESTROYED, (case,))
    return Erasure(requested_at, destroyed_at, len(data_keys), 0, remains)


async def must_be_erased(connection: Connection, data_keys: Collection[int]) -> None:
    """For keys the key store does not have. Raises `SealBroken` where one of them was not destroyed by an erasure: then
    something was lost, and a person must look."""
    rows = await (await connection.execute(_ERASED_KEYS, (list(data_keys),), binary=True)).fetchall()
    if lost := len(set(data_keys) - {row[0] for row in rows}):
        raise SealBroken(f"{lost} data keys are gone from the key store, and no erasure destroyed them")


async def finish_erasures(ledger: Pool, keys: Keys, retention: Retention, most: int = 10) -> int:
    """Take up erasures that were cut short. Returns how many are done now."""
    async with ledger.connection() as connection:
        cases = [row[0] for row in await (await connection.execute(_UNFINISHED, (most,))).fetchall()]
    done = 0
    for case in cases:
        await _mark(ledger, case, anew=False)
        done += (await _carry_through(ledger, keys, case, retention, 0.0)).destroyed_at is not None
    return done


async def replay_erasures(ledger: Pool, keys: Keys) -> int:
    """Destroy again whatever a restored backup brought back. Returns the number of erasures replayed."""
    last, done = UUID(int=0), 0
    while True:
        async with ledger.connection() as connection:
            rows = await (await connection.execute(_REPLAY, (last, _PAGE))).fetchall()
            if not rows:
                return done
            await connection.execute(_MARK_AGAIN, ([row[0] for row in rows],))
        await keys.destroy([key for row in rows for key in row[1]])
        last, done = rows[-1][0], done + len(rows)


async def _mark(ledger: Pool, case: UUID, *, anew: bool) -> None:
    """Mark the case, so that nothing of it is planned or claimed any more, and list every key anything of it is sealed
    under. Who tells of it from now on is not on the list: the mark falls then, and what is new stays.

    Once begun it is not listed again, unless it was told of `anew` since and somebody wants that erased too.
    """
    async with ledger.connection() as connection, connection.transaction():
        cases = await lock(connection, case)
        row = await (await connection.execute(_STANDS, (case,))).fetchone()
        marked, begun = row or (False, False)
        if begun and (marked or not anew):
            return
        await connection.execute(_REQUEST, (case, await data_keys_of(connection, cases)))
        await connection.execute(_MARK, (cases,))
        await connection.execute(_STOP_RELAY, (cases,))


async def _recall(ledger: Pool, case: UUID) -> int:
    """Cancel what is unsent of what is to be erased. Returns how many are in flight."""
    async with ledger.connection() as connection, connection.transaction():
        cases = await lock(connection, case)
        ids = await erased_deliveries(connection, cases, await listed_keys(connection, case))
        if not ids:
            return 0
        recalled = [s for s in sources_of(State.CANCELLED) if s != State.SENDING]
        given = {"ids": ids, "low": ids[0], "high": ids[-1], "cancelled": int(State.CANCELLED), "reason": ERASED}
        await connection.execute(_LOCK_LANES, given)
        rows = await (await connection.execute(_OPEN, {**given, "open": [*recalled, int(State.SENDING)]})).fetchall()
        await connection.execute(_RECALL, {**given, "open": recalled})
        changes = [
            Change(id_, of, to, lane, version, State(state), State.CANCELLED, ERASED)
            for id_, of, to, lane, version, state in rows
            if state != State.SENDING
        ]
        await record_changes(connection, changes, datetime.now(UTC))
        return len(rows) - len(changes)


async def _one(connection: Connection, statement: str, given: tuple[object, ...]) -> tuple[datetime, datetime]:
    row = await (await connection.execute(statement.encode(), given)).fetchone()
    if row is None:
        raise LookupError("the erasure's own row is gone")
    return row[0], row[1]
