"""Opens a case for a person who has to decide about it. Every look is recorded, and that before anything is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from hub.cases.content import effective_content
from hub.cases.versions import read_versions
from hub.kinds import Kinds
from hub.privacy import Keys
from hub.store import Pool, reference_of
from schemas import Fact, Standing

_NOTE = "INSERT INTO viewing (case_id, viewed_by, reason) SELECT id, %b, %b FROM cases WHERE id = ANY(%b::uuid[]) RETURNING case_id"
_CASE = f"""
SELECT {reference_of("cases.id")},
  kind, standing, fact, opened_at, merged_into,
  ARRAY(SELECT part.id FROM cases part WHERE part.merged_into = cases.id ORDER BY part.id) FROM cases WHERE id = %b
"""  # noqa: S608
_TELLERS = """
SELECT client.source_kind, v.standing, v.fact, v.source_time, v.recorded_at
FROM case_version v LEFT JOIN client ON client.id = v.client WHERE v.case_id = %b AND NOT v.parted ORDER BY v.version
"""


@dataclass(frozen=True, slots=True)
class Teller:
    """Who told, as far as the case is concerned: what kind of source (None: no longer known), how sure, and when."""

    source_kind: str | None
    standing: str
    fact: str
    source_time: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """What a case says now. `fields` are by their dotted path, as text or a list; none where all of it is erased.
    `reference` is the first that was given for it."""

    case: UUID
    reference: str | None
    kind: str
    standing: str
    fact: str
    opened_at: datetime
    part_of: UUID | None
    parts: tuple[UUID, ...]
    tellers: tuple[Teller, ...]
    fields: Mapping[str, Any] = field(repr=False)


class Likeness(StrEnum):
    """How two cases stand to each other in one field."""

    SAME = "same"
    DIFFERENT = "different"
    ONE_ONLY = "one only"


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two cases; None where one does not say."""

    path: str
    likeness: Likeness
    one: Any = field(repr=False)
    other: Any = field(repr=False)


async def view(pool: Pool, keys: Keys, kinds: Kinds, cases: list[UUID], by: str, reason: str) -> list[CaseView]:
    """Those of `cases` that are known, in their order, opened for `by`."""
    await keys.prove()
    noted = await note_viewing(pool, cases, by, reason)
    return [await _view(pool, keys, kinds, case) for case in cases if case in noted]


async def note_viewing(pool: Pool, cases: list[UUID], by: str, reason: str) -> set[UUID]:
    """Record that `by` looks at those of `cases` that are known, and return them. Done before anything is opened."""
    async with pool.connection() as connection:
        return {row[0] for row in await (await connection.execute(_NOTE, (by, reason, cases))).fetchall()}


def compare(one: CaseView, other: CaseView) -> list[Compared]:
    """Field by field, what differs first, then what only one says, then what agrees."""
    order = [Likeness.DIFFERENT, Likeness.ONE_ONLY, Likeness.SAME]
    compared = [_compare(path, one.fields.get(path), other.fields.get(path)) for path in sorted({*one.fields, *other.fields})]
    return sorted(compared, key=lambda found: order.index(found.likeness))


def _compare(path: str, one: Any, other: Any) -> Compared:
    if one is None or other is None:
        return Compared(path, Likeness.ONE_ONLY, one, other)
    return Compared(path, Likeness.SAME if one == other else Likeness.DIFFERENT, one, other)


async def _view(pool: Pool, keys: Keys, kinds: Kinds, case: UUID) -> CaseView:
    async with pool.connection() as connection:
        row = await (await connection.execute(_CASE, (case,))).fetchone()
        assert row is not None  # cases are never deleted
        tellers = await (await connection.execute(_TELLERS, (case,))).fetchall()
        _, readable = await read_versions(connection, keys, case)
    reference, kind, standing, fact, opened_at, part_of, parts = row
    told = tuple(Teller(source, Standing(s).word, Fact(f).word, *times) for source, s, f, *times in tellers)
    content = _flat("", effective_content(kinds[kind], readable)) if readable else {}
    return CaseView(case, reference, kind, Standing(standing).word, Fact(fact).word, opened_at, part_of, tuple(parts), told, content)


def _flat(path: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    inner = [_flat(f"{path}.{name}" if path else name, one) for name, one in value.items()]
    return {name: one for found in inner for name, one in found.items()}
