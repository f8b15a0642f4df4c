"""What an erasure reaches: a case with those merged into it, its deliveries, its keys, and what lies where the hub cannot."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hub.store import Connection
from schemas.ids import delivery_id

# How long each topic keeps a record; absent: not known, or for ever.
Retention = Callable[[Collection[str]], Awaitable[Mapping[str, timedelta]]]

_LOCK_CASES = "SELECT id FROM cases WHERE id = %b OR merged_into = %b ORDER BY id FOR NO KEY UPDATE"
# What was told of a case lies also in versions of those that it was part of, parted since its merge was undone. They are
# of nobody else: what else was said there is said again under other keys.
_VERSIONS = """
SELECT case_id, version, recorded_at, data_key FROM case_version WHERE case_id = ANY(%(cases)b::uuid[])
UNION
SELECT v.case_id, v.version, v.recorded_at, v.data_key FROM merge m
JOIN case_version v ON v.case_id = m.survivor AND v.version BETWEEN m.first AND m.last
WHERE m.merged = ANY(%(cases)b::uuid[])
"""
_LISTED = "SELECT data_keys FROM erasure WHERE case_id = %b"
_RECIPIENTS = """
SELECT DISTINCT decision ->> 'recipient' FROM plan, jsonb_array_elements(decisions) AS decision
WHERE case_id = ANY(%(cases)b::uuid[] || ARRAY(SELECT survivor FROM merge WHERE merged = ANY(%(cases)b::uuid[])))
  AND decision ->> 'recipient' IS NOT NULL
"""
_MESSAGE_KEYS = """
SELECT data_key FROM message WHERE delivery = ANY(%(ids)b::uuid[]) AND delivery BETWEEN %(low)b AND %(high)b
UNION SELECT data_key FROM answer WHERE delivery = ANY(%(ids)b::uuid[]) AND data_key IS NOT NULL
"""
_PLACED = """
SELECT lane.recipient, topic, max(placed_at) FROM placement JOIN lane ON lane.id = placement.lane
WHERE delivery = ANY(%(ids)b::uuid[]) GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Remains:
    """A copy the hub cannot reach, and when that topic's retention ends it (None: not known)."""

    recipient: str
    topic: str
    until: datetime | None


async def lock(connection: Connection, case: UUID) -> list[UUID]:
    """The case and those merged into it, locked for the transaction: one change of one subject."""
    return [row[0] for row in await (await connection.execute(_LOCK_CASES, (case, case))).fetchall()]


async def _deliveries(connection: Connection, cases: Sequence[UUID]) -> list[tuple[UUID, int]]:
    """The ids, in order, that deliveries of every version to everybody a plan ever considered have if there are any, each
    with its version's key."""
    versions = await (await connection.execute(_VERSIONS, {"cases": cases})).fetchall()
    recipients = [row[0] for row in await (await connection.execute(_RECIPIENTS, {"cases": cases})).fetchall()]
    return sorted((delivery_id(at, case, version, to), key) for case, version, at, key in versions for to in recipients)


async def erased_deliveries(connection: Connection, cases: Sequence[UUID], data_keys: Collection[int]) -> list[UUID]:
    """Those of them whose version is to be erased."""
    listed = set(data_keys)
    return [delivery for delivery, key in await _deliveries(connection, cases) if key in listed]


async def data_keys_of(connection: Connection, cases: Sequence[UUID]) -> list[int]:
    """Every data key anything of the cases is sealed under."""
    found = {row[3] for row in await (await connection.execute(_VERSIONS, {"cases": cases})).fetchall()}
    ids = [delivery for delivery, _ in await _deliveries(connection, cases)]
    if ids:
        given = {"ids": ids, "low": ids[0], "high": ids[-1]}
        found |= {row[0] for row in await (await connection.execute(_MESSAGE_KEYS, given)).fetchall()}
    return sorted(found)


async def listed_keys(connection: Connection, case: UUID) -> list[int]:
    """The keys an erasure is to destroy, as its mark fixed them."""
    row = await (await connection.execute(_LISTED, (case,))).fetchone()
    return list(row[0]) if row else []


async def what_remains(connection: Connection, deliveries: Sequence[UUID], retention: Retention) -> tuple[Remains, ...]:
    """What of these deliveries lies on recipients' own topics."""
    rows = await (await connection.execute(_PLACED, {"ids": list(deliveries)})).fetchall()
    kept = await retention({topic for _, topic, _ in rows}) if rows else {}
    return tuple(Remains(to, topic, placed_at + kept[topic] if topic in kept else None) for to, topic, placed_at in rows)
