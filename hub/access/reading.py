"""Reads everything the hub holds of a case. It opens what is sealed, so it is on record before it does."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hub.access.export import Answered, Export, ToldUs
from hub.access.striking import TO_READ, struck
from hub.cases import note_viewing, planned_deliveries, read_versions
from hub.kinds import Kind
from hub.privacy import Keys
from hub.recipients import Register
from hub.store import Connection, Pool
from hub.tracking import Directory, Referenced, disclosures, find_reference
from schemas import State

_TELLERS = """
SELECT v.version, client.source_kind, v.recorded_at FROM case_version v LEFT JOIN client ON client.id = v.client WHERE v.case_id = %b
"""
_ANSWERS = """
SELECT lane.recipient, a.answer, a.reason, a.sealed IS NOT NULL, a.received_at
FROM answer a JOIN delivery d ON d.id = a.delivery JOIN lane ON lane.id = d.lane
WHERE a.delivery = ANY(%(ids)b::uuid[]) AND d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b
  AND d.subject = ANY(%(subjects)b::uuid[]) ORDER BY a.id
"""


async def export(pool: Pool, keys: Keys, register: Register, directory: Directory, reference: str, by: str, reason: str) -> Export | None:
    """What is held of the case that `reference` leads to; None where it was never given. Raises `WrongMasterKey`."""
    await keys.prove()
    async with pool.connection() as connection:
        found = await find_reference(connection, reference)
    if found is None:
        return None
    await note_viewing(pool, [found.case_id], by, reason)
    kind = register.kinds[found.kind]
    async with pool.connection() as connection:
        return Export(
            reference=reference,
            kind=kind.name,
            title=kind.title,
            made_at=datetime.now(UTC),
            told_us=await _told_us(connection, keys, kind, found),
            disclosures=(await disclosures(connection, directory, reference, found.case_id)).disclosures,
            answers=await _answers(connection, directory, found.case_id),
        )


async def _told_us(connection: Connection, keys: Keys, kind: Kind, found: Referenced) -> tuple[ToldUs, ...]:
    rows = await (await connection.execute(_TELLERS, (found.case_id,))).fetchall()
    tellers: dict[int, tuple[str | None, datetime]] = {number: (source, at) for number, source, at in rows}
    versions, readable = await read_versions(connection, keys, found.case_id)
    contents = {one.version: struck(kind, one.content) for one in readable}
    return tuple(
        ToldUs(
            version=one.version,
            source_kind=tellers[one.version][0],
            standing=one.standing.word,
            fact=one.fact.word,
            source_time=one.source_time,
            recorded_at=tellers[one.version][1],
            content=contents.get(one.version),
        )
        for one in versions
    )


async def _answers(connection: Connection, directory: Directory, case_id: UUID) -> tuple[Answered, ...]:
    planned = await planned_deliveries(connection, [case_id])
    if not planned:
        return ()
    ids = [one.delivery for one in planned]
    given = {"ids": ids, "low": min(ids), "high": max(ids), "subjects": [one.subject for one in planned]}
    rows = await (await connection.execute(_ANSWERS, given)).fetchall()
    return tuple(_answered(row, directory) for row in rows)


def _answered(row: Sequence[Any], directory: Directory) -> Answered:
    recipient, answer, code, has_words, at = row
    organisation, service = directory.named(recipient)
    words = TO_READ if has_words else None
    return Answered(organisation=organisation, service=service, answer=State(answer).word, code=code, words=words, received_at=at)
