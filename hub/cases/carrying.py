"""Copies versions between cases, each sealed under a key of its own, and has a case planned by what it says then."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hub.cases.truth import truth
from hub.cases.versions import read_versions
from hub.privacy import Keys, SealBroken, case_context
from hub.store import Connection
from schemas import Fact, new_id

# What was erased before the case was told of anew is not brought along.
_READ = """
SELECT v.case_id, v.version, coalesce(v.merged_from, v.case_id), v.copied, v.data_key, v.sealed
FROM case_version v LEFT JOIN erasure e ON e.case_id = v.case_id
WHERE v.case_id = %b AND v.version >= %b AND NOT v.parted AND (e.case_id IS NULL OR v.data_key <> ALL (e.data_keys))
ORDER BY v.version
"""
_COPY = """
INSERT INTO case_version (case_id, version, notification, client, standing, fact, registration, source_time, recorded_at,
  data_key, sealed, position, merged_from, copied)
SELECT %(into)b, %(number)b, %(notification)b, client, standing, fact, registration, source_time, %(now)b,
  %(key)b, %(sealed)b, position, nullif(%(of)b::uuid, %(into)b::uuid), %(copied)b
FROM case_version WHERE case_id = %(case)b AND version = %(version)b
"""
_COUNT = "UPDATE cases SET newest = newest + %b WHERE id = %b RETURNING newest"
_SPEAK = """
UPDATE cases SET effective = newest, standing = %b, fact = %b, registration = %b, source_time = %b, plan_due = true
WHERE id = %b RETURNING newest
"""
_QUEUE = "INSERT INTO outbox (case_id, version, urgent, recorded_at) VALUES (%b, %b, %b, %b)"


class Row(NamedTuple):
    """A version as it lies in `case`; `of` is the case that it is of, and with `copied` it has its own row there."""

    case: UUID
    version: int
    of: UUID
    copied: bool
    data_key: int
    sealed: bytes


async def read_rows(connection: Connection, case: UUID, since: int = 1) -> list[Row]:
    """What speaks for a case, from the version `since` on, in order."""
    return [Row(*row) for row in await (await connection.execute(_READ, (case, since), binary=True)).fetchall()]


async def copy_into(connection: Connection, keys: Keys, case: UUID, rows: Sequence[Row], now: datetime) -> int:
    """Give a locked case versions after its newest, which is returned."""
    row = await (await connection.execute(_COUNT, (len(rows), case))).fetchone()
    assert row is not None
    opened = await keys.get({row.data_key for row in rows})
    fresh = await keys.fresh(len(rows))
    for number, (one, key) in enumerate(zip(rows, fresh, strict=True), int(row[0]) - len(rows) + 1):
        if one.data_key not in opened:
            raise SealBroken("a key of the case is destroyed, though it is not erased")
        content = opened[one.data_key].open(one.sealed, case_context(one.case, one.version))
        given = {
            "into": case, "number": number, "notification": new_id(), "now": now, "key": key.id, "of": one.of,
            "sealed": key.seal(content, case_context(case, number)), "copied": one.copied, "case": one.case, "version": one.version,
        }  # fmt: skip
        await connection.execute(_COPY, given)
    return int(row[0])


async def say_again(connection: Connection, keys: Keys, case: UUID, now: datetime) -> None:
    """Give a case as its newest version what is its truth already, so that it can be planned anew."""
    _, readable = await read_versions(connection, keys, case)
    newest = truth(readable).version
    await copy_into(connection, keys, case, [row for row in await read_rows(connection, case) if row.version == newest], now)


async def speak(connection: Connection, keys: Keys, case: UUID, now: datetime) -> int:
    """Have a locked case planned as its newest version, which is returned."""
    versions, _ = await read_versions(connection, keys, case)
    newly = truth(versions)
    given = (int(newly.standing), int(newly.fact), newly.registration, newly.source_time, case)
    row = await (await connection.execute(_SPEAK, given)).fetchone()
    assert row is not None
    await queue(connection, case, row[0], newly.fact, now)
    return int(row[0])


async def queue(connection: Connection, case: UUID, version: int, fact: Fact, now: datetime) -> None:
    """Have a version planned: what is no longer so goes before other news."""
    await connection.execute(_QUEUE, (case, version, fact is not Fact.ASSERTED, now))
