"""What comes back from a recipient: news of its own that is only what the hub told it, passed on by its system.

Known by origin (it names the event it comes from) or by content (it looks like a case that this recipient was told of). Taken as
a word about that case it says nothing new, so nobody hears of it again, whatever it lacks to be matched by.
"""

from collections.abc import Sequence
from uuid import UUID

from hub.cases.arrival import Draft
from hub.cases.told import was_told
from hub.store import Connection

# More cases than this do not look alike by chance: a person is asked, as of anybody's news.
_MOST_ALIKE = 5

_OF_DELIVERY = """
SELECT c.id, coalesce(c.merged_into, c.id) FROM delivery d JOIN lane ON lane.id = d.lane JOIN cases c ON c.id = d.case_id
WHERE d.id = %b AND lane.recipient = %b AND d.told AND c.kind = %b AND c.erased_at IS NULL
"""
_ALIKE = """
SELECT DISTINCT c.id, root.id, root.newest FROM likeness l JOIN cases c ON c.id = l.case_id
JOIN cases root ON root.id = coalesce(c.merged_into, c.id)
WHERE l.key = ANY(%b::bytea[]) AND root.erased_at IS NULL LIMIT %b
"""


async def echoed(connection: Connection, draft: Draft) -> tuple[UUID, UUID] | None:
    """The case that a recipient's own news came from, and the case that one is part of; None where it is news."""
    if draft.recipient is None:
        return None
    if draft.origin is not None:
        row = await (await connection.execute(_OF_DELIVERY, (draft.origin, draft.recipient, draft.kind.name), binary=True)).fetchone()
        if row is not None:
            return row[0], row[1]
    alike: Sequence[tuple[UUID, UUID, int]] = []
    if draft.marks.alike:
        alike = await (await connection.execute(_ALIKE, (list(draft.marks.alike), _MOST_ALIKE + 1), binary=True)).fetchall()
    told = [
        (of, root)
        for of, root, newest in (alike if len(alike) <= _MOST_ALIKE else ())
        if await was_told(connection, root, newest + 1, draft.recipient, or_told_us=False)
    ]
    return told[0] if len({root for _, root in told}) == 1 else None
