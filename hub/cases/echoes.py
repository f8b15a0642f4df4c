"""What comes back from a recipient: news of its own that is only what the hub told it, passed on by its system.

Known by origin (it names the event it comes from, and says nobody else) or by content: it looks like a case that this recipient
was told of, has no mark of its own, and contradicts nothing of what is told of that case. Taken as a word about it, it says
nothing new, so nobody hears of it again, whatever it lacks to be matched by. All else may be a twin, or a second change of one
person, or a mistaken origin: a person is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.cases.arrival import Draft
from hub.cases.content import Content, effective_content
from hub.cases.matching import contradicts, plain
from hub.cases.told import was_told
from hub.cases.versions import read_versions
from hub.kinds import Kind, at
from hub.privacy import Keys
from hub.store import Connection
from schemas import FOR_THE_HUB, content_of

# More cases than this do not look alike by chance: a person is asked, as of anybody's news.
_MOST_ALIKE = 5
# What each teller says for itself: how sure it is, and when and why it says so.
_OF_ITS_OWN = FOR_THE_HUB | {"standing", "sourceTime", "reason", "protected"}

_OF_DELIVERY = """
SELECT c.id, coalesce(c.merged_into, c.id) FROM delivery d JOIN lane ON lane.id = d.lane JOIN cases c ON c.id = d.case_id
WHERE d.id = %b AND lane.recipient = %b AND d.told AND c.kind = %b AND c.erased_at IS NULL
"""
_ALIKE = """
SELECT DISTINCT c.id, root.id, root.newest FROM likeness l JOIN cases c ON c.id = l.case_id
JOIN cases root ON root.id = coalesce(c.merged_into, c.id)
WHERE l.key = ANY(%b::bytea[]) AND root.erased_at IS NULL LIMIT %b
"""


@dataclass(frozen=True, slots=True)
class Doubted:
    """It names a message of `case` as where it comes from, and says somebody else."""

    case: UUID


async def echoed(connection: Connection, keys: Keys, draft: Draft) -> tuple[UUID, UUID] | Doubted | None:
    """The case that a recipient's own news came from, and the case that one is part of; None where it is news."""
    if draft.recipient is None:
        return None
    if draft.origin is not None:
        row = await (await connection.execute(_OF_DELIVERY, (draft.origin, draft.recipient, draft.kind.name), binary=True)).fetchone()
        if row is not None:
            _, readable = await read_versions(connection, keys, row[1])
            told_of = effective_content(draft.kind, readable) if readable else {}
            return Doubted(row[1]) if contradicts(draft.kind, content_of(draft.event), told_of) else (row[0], row[1])
    alike: Sequence[tuple[UUID, UUID, int]] = []
    if draft.marks.alike and not draft.marks.certain:
        alike = await (await connection.execute(_ALIKE, (list(draft.marks.alike), _MOST_ALIKE + 1), binary=True)).fetchall()
    told = [
        (of, root)
        for of, root, newest in (alike if len(alike) <= _MOST_ALIKE else ())
        if await was_told(connection, root, newest + 1, draft.recipient, or_told_us=False)
    ]
    if len({root for _, root in told}) != 1:
        return None
    _, readable = await read_versions(connection, keys, told[0][1])
    return told[0] if readable and _is_the_same(draft, effective_content(draft.kind, readable)) else None


def _is_the_same(draft: Draft, told: Content) -> bool:
    """Whether what is said is told so already, or is not told at all."""
    content = content_of(draft.event)
    return _repeats(draft.kind, content) == _repeats(draft.kind, told) and _agrees(
        {name: value for name, value in content.items() if name not in _OF_ITS_OWN}, told
    )


def _repeats(kind: Kind, content: Content) -> Any:
    """Which of several such changes it is."""
    return None if kind.matching.repeats is None else at(content, kind.matching.repeats)


def _agrees(said: Any, told: Any) -> bool:
    if told is None:
        return True
    if isinstance(said, Mapping):
        return isinstance(told, Mapping) and all(_agrees(value, told.get(name)) for name, value in said.items())
    if isinstance(said, list):
        return isinstance(told, list) and all(any(_agrees(one, other) for other in told) for one in said)
    return plain(str(said)) == plain(str(told))
