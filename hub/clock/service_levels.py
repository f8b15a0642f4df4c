"""Service-level clocks: what lies uncollected too long, and what was accepted and not answered in the agreed time.

Accepted deliveries are nearly all there are, and an index over them would cost every delivery. But ids go by time: so the
clock follows the ledger at the distance of each agreed time and looks at every delivery once, when it first can be late.
What it cannot judge then it writes down with the time to look again (docs/decisions/014).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from hub.clock.lateness import Agreed, look_at
from hub.store import Connection, Pool
from hub.tasks import TaskDraft, open_tasks
from schemas.delivery import State
from schemas.ids import bound_at

_PAGE = 20_000
_PAGES = 10  # of each agreed time in one look: two hundred thousand deliveries
_AT_ONCE = 5_000
# Where an agreed time is new, or somebody new agreed to it, as much is gone through again.
_LOOKS_BACK = timedelta(days=90)

_UPTO = "SELECT upto FROM service_level WHERE seconds = %b AND members = %b"
_ADVANCE = """
INSERT INTO service_level (seconds, members, upto) VALUES (%(seconds)b, %(members)b, %(upto)b)
ON CONFLICT (seconds) DO UPDATE SET members = excluded.members, upto = excluded.upto
"""
_PAGE_END = "SELECT id FROM delivery WHERE id >= %b AND id < %b ORDER BY id OFFSET %b LIMIT 1"
_PASSED = """
SELECT d.id, d.case_id, d.state, lane.recipient, d.changed_at
FROM delivery d JOIN lane ON lane.id = d.lane
JOIN unnest(%(recipients)b::text[], %(states)b::smallint[]) AS agreed (recipient, state) ON agreed.recipient = lane.recipient
WHERE d.id >= %(low)b AND d.id < %(high)b AND (d.state = agreed.state OR d.state < %(accepted)b)
"""
_DUE = "SELECT delivery FROM expected WHERE look_at <= now() ORDER BY look_at LIMIT %b::int FOR UPDATE SKIP LOCKED"
_NAMED = """
SELECT d.id, d.case_id, d.state, lane.recipient, d.changed_at FROM delivery d JOIN lane ON lane.id = d.lane
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b
"""
_ASKED = "SELECT delivery, cause FROM task WHERE delivery = ANY(%b::uuid[])"
_EXPECT = """
INSERT INTO expected (delivery, look_at) SELECT * FROM unnest(%b::uuid[], %b::timestamptz[])
ON CONFLICT (delivery) DO UPDATE SET look_at = excluded.look_at
"""
_FORGET = "DELETE FROM expected WHERE delivery = ANY(%b::uuid[])"


class _Found(NamedTuple):
    id: UUID
    case_id: UUID
    state: int
    recipient: str
    since: datetime


class ServiceLevels:
    """Looks at what may be late. How far it has come is in the ledger: another leader goes on from there."""

    async def look(self, pool: Pool, agreed: Mapping[str, Agreed]) -> int:
        """Go on to where deliveries cannot be late yet, and open tasks for what is; one closed by hand stays closed.
        Returns how many were found late."""
        late = 0
        for within, members in _by_time(agreed).items():
            for _ in range(_PAGES):
                async with pool.connection() as connection, connection.transaction():
                    found, is_last = await _next_page(connection, within, members)
                    late += await _judge(connection, found, agreed)
                if is_last:
                    break
        for _ in range(_PAGES):
            async with pool.connection() as connection, connection.transaction():
                ids = [row[0] for row in await (await connection.execute(_DUE, (_AT_ONCE,), binary=True)).fetchall()]
                late += await _judge(connection, await _named(connection, ids), agreed, known=ids)
            if len(ids) < _AT_ONCE:
                break
        return late


_Members = list[tuple[str, State]]


def _by_time(agreed: Mapping[str, Agreed]) -> Mapping[int, _Members]:
    """Whose deliveries may stand how long in which state, by seconds."""
    times: dict[int, _Members] = defaultdict(list)
    for recipient in sorted(agreed):
        for state, within in agreed[recipient].times.items():
            times[int(within.total_seconds())].append((recipient, state))
    return times


async def _next_page(connection: Connection, within: int, members: _Members) -> tuple[list[_Found], bool]:
    """The next deliveries that can be late by now, and whether they are the last for the moment."""
    now = datetime.now(UTC)
    digest = hashlib.sha256(repr([(recipient, int(state)) for recipient, state in members]).encode()).digest()
    row = await (await connection.execute(_UPTO, (within, digest), binary=True)).fetchone()
    low, end = row[0] if row else bound_at(now - timedelta(seconds=within) - _LOOKS_BACK), bound_at(now - timedelta(seconds=within))
    ends = await (await connection.execute(_PAGE_END, (low, end, _PAGE), binary=True)).fetchone()
    high = ends[0] if ends else end
    given = {
        "low": low,
        "high": high,
        "recipients": [recipient for recipient, _ in members],
        "states": [int(state) for _, state in members],
        "accepted": int(State.ACCEPTED),
    }
    rows = await (await connection.execute(_PASSED, given, binary=True)).fetchall()
    await connection.execute(_ADVANCE, {"seconds": within, "members": digest, "upto": high})
    return [_Found(*row) for row in rows], ends is None


async def _named(connection: Connection, ids: Sequence[UUID]) -> list[_Found]:
    if not ids:
        return []
    given = {"ids": ids, "low": min(ids), "high": max(ids)}
    return [_Found(*row) for row in await (await connection.execute(_NAMED, given, binary=True)).fetchall()]


async def _judge(connection: Connection, found: Iterable[_Found], agreed: Mapping[str, Agreed], known: Sequence[UUID] = ()) -> int:
    """Open tasks for what is late, and write down what is to be looked at again; of what was `known`, forget the rest."""
    now = datetime.now(UTC)
    looks = {one.id: (one, look_at(State(one.state), one.since, agreed.get(one.recipient), now)) for one in found}
    late = [(one, look.late) for one, look in looks.values() if look.late]
    rows = await (await connection.execute(_ASKED, ([one.id for one, _ in late],), binary=True)).fetchall() if late else []
    asked = set(rows)
    new = [
        TaskDraft(cause, str(one.id), one.case_id, one.id, one.recipient, {"since": one.since.isoformat()})
        for one, cause in late
        if (one.id, cause.value) not in asked
    ]
    await open_tasks(connection, new)
    again = {id_: look.again for id_, (_, look) in looks.items() if look.again}
    if again:
        await connection.execute(_EXPECT, (list(again), list(again.values())))
    if over := [id_ for id_ in known if id_ not in again]:
        await connection.execute(_FORGET, (over,))
    return len(new)
