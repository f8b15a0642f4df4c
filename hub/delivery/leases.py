"""Who owns a lane. A worker renews one row every few seconds; when its lease ends, its lanes and claims go to others.

A claim that ends with its lease is outcome unknown: the recipient may have read it. It returns under the same id, and
says so in the attempt log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from connectors.contract import OUTCOME_CODES, Retry
from hub.recipients import URGENT_LANE
from hub.store import Change, Connection, Pool, record_changes
from schemas.delivery import State

LEASE_EXPIRED = "lease-expired"
CLAIM_LOST = "claim-lost"

_RENEW = """
WITH before AS (SELECT lease_until FROM worker WHERE name = %(me)b)
INSERT INTO worker (name, lease_until) VALUES (%(me)b, now() + make_interval(secs => %(lease)b))
ON CONFLICT (name) DO UPDATE SET lease_until = excluded.lease_until
RETURNING (SELECT lease_until FROM before), lease_until
"""
_END = "UPDATE worker SET lease_until = now() WHERE name = %b"

# A lane is free when nobody owns it, or its owner's lease has ended. After a restart of PostgreSQL nobody could renew
# for a while: nothing ends for one lease period.
_FREE = """
SELECT lane.id FROM lane LEFT JOIN worker ON worker.name = lane.owner
WHERE (%(kinds)b::text[] IS NULL OR lane.connector = ANY(%(kinds)b::text[]))
  AND (lane.owner IS NULL AND %(me)b::text IS NOT NULL
       AND (lane.proposed IS NULL OR lane.proposed = %(me)b
            OR NOT EXISTS (SELECT FROM worker WHERE name = lane.proposed AND lease_until > now()))
    OR %(fresh)b AND lane.owner = %(me)b
    OR lane.owner IS NOT NULL AND (worker.name IS NULL OR worker.lease_until < now())
       AND pg_postmaster_start_time() < now() - make_interval(secs => %(lease)b))
ORDER BY lane.id FOR NO KEY UPDATE OF lane SKIP LOCKED
"""
# A free lane that is locked just now is found at the next look. For its own a worker looks once in a life, so it waits.
_LOCK_OWN = "SELECT FROM lane WHERE owner = %b ORDER BY id FOR NO KEY UPDATE"
_TAKE = "UPDATE lane SET owner = %b, epoch = epoch + 1, proposed = NULL WHERE id = ANY(%b::int[])"
_RETURN_CLAIMS = """
UPDATE delivery SET state = 1, claim = NULL, due_at = now(), changed_at = now(), reason = 'lease-expired'
WHERE lane = ANY(%b::int[]) AND state = 2
RETURNING id, case_id, lane, version, message, attempts
"""
# The same, of claims whose worker lives and never learned that it has them.
_RETURN_ASTRAY = """
UPDATE delivery SET state = 1, claim = NULL, due_at = now(), changed_at = now(), reason = 'claim-lost'
WHERE lane = ANY(%b::int[]) AND state = 2 AND claim = ANY(%b::uuid[])
RETURNING id, case_id, lane, version, message, attempts
"""
_LOG = """
INSERT INTO attempt (delivery, number, message, at, took_ms, outcome, cause, worker)
SELECT *, 0, %b::smallint, %b::text, %b::text FROM unnest(%b::uuid[], %b::smallint[], %b::smallint[], %b::timestamptz[])
"""
_RELEASE = "UPDATE lane SET owner = NULL, epoch = epoch + 1 WHERE owner = %b AND id = ANY(%b::int[])"
_PROPOSE = "UPDATE lane SET proposed = %b WHERE id = ANY(%b::int[]) AND owner <> %b AND proposed IS DISTINCT FROM %b"
_OWNED = """
SELECT id, recipient, split = %b, connector, epoch, paused IS NOT NULL, breaker, opened_at, probe_at, last_probe, held_until, proposed
FROM lane WHERE owner = %b
"""
_RECIPIENTS = "SELECT id, recipient FROM lane WHERE id = ANY(%b::int[])"


@dataclass(frozen=True, slots=True)
class OwnedLane:
    """A lane's row, as its owner reads it."""

    id: int
    recipient: str
    urgent: bool
    connector: str
    epoch: int
    paused: bool
    breaker: int
    opened_at: datetime | None
    probe_at: datetime | None
    last_probe: UUID | None
    held_until: datetime | None
    proposed: str | None


class Renewed(NamedTuple):
    """Until when the worker's lease ran before, if it ever did, and until when it runs now, by the ledger's clock."""

    before: datetime | None
    until: datetime


async def renew(connection: Connection, me: str, lease: float) -> Renewed:
    """Hold the worker's lease for `lease` seconds from now."""
    row = await (await connection.execute(_RENEW, {"me": me, "lease": lease}, binary=True)).fetchone()
    assert row is not None
    return Renewed(*row)


async def end_lease(connection: Connection, me: str) -> None:
    """Give the lease up, at an orderly stop."""
    await connection.execute(_END, (me,))


async def take_lanes(connection: Connection, me: str, kinds: Sequence[str], lease: float, *, fresh: bool) -> int:
    """Take what lanes of these connector kinds are free; with `fresh` also those that this worker's last life left.
    Returns how many."""
    return await _take(connection, {"me": me, "kinds": list(kinds), "fresh": fresh, "lease": lease})


async def release_expired(pool: Pool, lease: float) -> int:
    """Free the lanes of workers whose lease ended, and return their claims to the queue. Anybody may, at any time."""
    async with pool.connection() as connection:
        return await _take(connection, {"me": None, "kinds": None, "fresh": False, "lease": lease})


async def _take(connection: Connection, given: dict[str, object]) -> int:
    async with connection.transaction():
        if given["fresh"]:
            await connection.execute(_LOCK_OWN, (given["me"],))
        lanes = [row[0] for row in await (await connection.execute(_FREE, given)).fetchall()]
        if lanes:
            await connection.execute(_TAKE, (given["me"], lanes))
            await _log_returned(connection, lanes, await connection.execute(_RETURN_CLAIMS, (lanes,), binary=True), LEASE_EXPIRED)
    return len(lanes)


async def return_astray(connection: Connection, lanes: Sequence[int], tokens: Sequence[UUID]) -> None:
    """Return to the queue what was claimed of `lanes` under `tokens` while the answer to the claim was lost: the ledger may
    have it, and nobody is going to send it. May be repeated."""
    async with connection.transaction():
        cursor = await connection.execute(_RETURN_ASTRAY, (list(lanes), list(tokens)), binary=True)
        await _log_returned(connection, list(lanes), cursor, CLAIM_LOST)


async def _log_returned(connection: Connection, lanes: list[int], returned: AsyncCursor[TupleRow], cause: str) -> None:
    rows = await returned.fetchall()
    if not rows:
        return
    names: dict[int, str] = dict(await (await connection.execute(_RECIPIENTS, (lanes,))).fetchall())
    now = datetime.now(UTC)
    log = [[row[0] for row in rows], [row[5] for row in rows], [row[4] for row in rows], [now] * len(rows)]
    await connection.execute(_LOG, (OUTCOME_CODES[Retry], cause, "-", *log))
    changes = [Change(id_, case, names[lane], lane, version, State.SENDING, State.QUEUED, cause) for id_, case, lane, version, _, _ in rows]
    await record_changes(connection, changes, now)


async def release_lanes(connection: Connection, me: str, lanes: Sequence[int]) -> None:
    """Give lanes up, when nothing of theirs is claimed any more."""
    await connection.execute(_RELEASE, (me, list(lanes)))


async def propose(connection: Connection, me: str, lanes: Sequence[int]) -> None:
    """Ask the owners of `lanes` to hand them over: Kafka now brings their wake-ups here."""
    await connection.execute(_PROPOSE, (me, list(lanes), me, me))


async def owned_lanes(connection: Connection, me: str) -> list[OwnedLane]:
    """The lanes this worker owns, as their rows stand."""
    return [OwnedLane(*row) for row in await (await connection.execute(_OWNED, (URGENT_LANE, me), binary=True)).fetchall()]
