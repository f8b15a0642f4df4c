"""Tells what came before: the first answer again, or a refusal. Writes nothing but keys that a repeat was not known under."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from hub.cases.arrival import Cause, Draft, Position, Recorded, Refusal
from hub.store import Connection

# Where the case was merged since, the reference still stands for the case it was given for; where that was undone, the
# version is no longer of the case that numbered it. A version is gone with its key: what was told anew after an erasure is not.
_KNOWN = """
SELECT i.client, i.key, i.notification, i.body, i.case_id, c.id, v.version, v.position, r.code,
  c.erased_at IS NOT NULL OR coalesce(v.data_key = ANY(e.data_keys), false) AS erased,
  v.position > 1 AND EXISTS (
    SELECT FROM case_version o WHERE o.case_id = v.case_id AND o.version < v.version AND o.client <> v.client) AS merged
FROM unnest(%b::text[], %b::bytea[]) AS given (client, key)
JOIN idempotency i ON i.client = given.client AND i.key = given.key
JOIN case_version v ON v.notification = i.notification
JOIN cases c ON c.id = CASE WHEN v.parted THEN i.case_id ELSE v.case_id END
JOIN reference r ON r.case_id = i.case_id AND r.client = i.client
LEFT JOIN erasure e ON e.case_id = c.id
"""
_REMEMBER = """
INSERT INTO idempotency (client, key, notification, case_id, body)
SELECT %b, key, %b, %b, %b FROM unnest(%b::bytea[]) AS key ON CONFLICT DO NOTHING
"""
_MARKED = "SELECT key FROM blind_key WHERE key = ANY(%b::bytea[])"


async def repeats(connection: Connection, drafts: Sequence[Draft]) -> dict[UUID, Recorded | Refusal]:
    """The answers to those drafts that came before, by their `notification`."""
    given = [(draft.client, key) for draft in drafts for key in draft.keys]
    rows = await (await connection.execute(_KNOWN, ([client for client, _ in given], [key for _, key in given]), binary=True)).fetchall()
    known = {(row[0], bytes(row[1])): row[2:] for row in rows}
    answers: dict[UUID, Recorded | Refusal] = {}
    for draft in drafts:
        found = {key: known[draft.client, key] for key in draft.keys if (draft.client, key) in known}
        if not found:
            continue
        answer = answers[draft.notification] = _answer(draft, found.values())
        if isinstance(answer, Recorded) and len(found) < len(draft.keys):
            of = next(iter(found.values()))[2]
            missing = [key for key in draft.keys if key not in found]
            added = await connection.execute(_REMEMBER, (draft.client, answer.notification, of, draft.body, missing))
            if added.rowcount < len(missing):
                # Another recorded one of them meanwhile, perhaps for another content: the answer is to stay the same.
                return await repeats(connection, drafts)
    return answers


async def is_marked(connection: Connection, drafts: Sequence[Draft]) -> set[UUID]:
    """Those drafts, by their `notification`, that carry a mark of a case there is."""
    marks = {key: draft.notification for draft in drafts for key in draft.marks.certain}
    rows = await (await connection.execute(_MARKED, (list(marks),), binary=True)).fetchall()
    return {marks[bytes(key)] for (key,) in rows}


def _answer(draft: Draft, found: Iterable[tuple[object, ...]]) -> Recorded | Refusal:
    rows = list(found)
    if len({row[0] for row in rows}) > 1 or any(bytes(row[1]) != draft.body for row in rows):  # type: ignore[call-overload]
        return Refusal(Cause.OTHER_BODY)
    notification, _, _, case_id, version, position, reference, erased, merged = rows[0]
    if erased:
        return Refusal(Cause.ERASED)
    return Recorded(notification, case_id, version, reference, Position(position), merged, replay=True)  # type: ignore[arg-type]
