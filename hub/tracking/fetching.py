"""What a thin event left to be fetched, for the one recipient it was sent to; fetching it is the disclosure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from hub.cases import planned_deliveries
from hub.privacy import Keys, data_context
from hub.store import Connection
from hub.tracking.directory import Directory
from schemas import Fact, Notice, parse_message_id

# A newer message has taken the place of one that no attempt was made at. The lock is planning's: what a plan takes for not
# fetched stays so.
_FIND = """
SELECT m.data_key, m.data, d.notice, EXISTS (SELECT FROM erasure e WHERE m.data_key = ANY(e.data_keys))
FROM delivery d JOIN lane ON lane.id = d.lane
JOIN message m ON m.delivery = d.id AND m.number = %(number)b AND m.delivery = %(delivery)b
WHERE d.id = %(delivery)b AND d.first_attempt_at IS NOT NULL AND lane.recipient = %(recipient)b AND m.data IS NOT NULL
  AND ((m.number = d.message AND d.state > 1)
    OR EXISTS (SELECT FROM attempt a WHERE a.delivery = %(delivery)b AND a.message = %(number)b))
FOR NO KEY UPDATE OF d
"""
# Whose it is, its subject says: its case's, or that of one that was part of the case until the merge was undone.
_DECIDED = """
SELECT root.id, root.kind, root.plan_due, root.fact, decision ->> 'decision', decision ->> 'rule',
  (decision ->> 'delivery')::uuid = d.id AND d.message = %(number)b
FROM delivery d
JOIN LATERAL (
  SELECT own.id, own.merged_into FROM cases own
  WHERE own.id = ANY(ARRAY[d.case_id] || ARRAY(SELECT merged FROM merge WHERE survivor = d.case_id))
    AND (own.id = d.case_id OR own.subject = d.subject)
  ORDER BY own.subject = d.subject DESC LIMIT 1
) AS own ON true
JOIN cases root ON root.id = coalesce(own.merged_into, own.id)
LEFT JOIN LATERAL (SELECT decisions FROM plan WHERE plan.case_id = root.id ORDER BY version DESC LIMIT 1) AS plan ON true
LEFT JOIN LATERAL jsonb_array_elements(plan.decisions) AS decision ON decision ->> 'recipient' = %(recipient)b
WHERE d.id = %(delivery)b
"""
_IS_OVER = """
SELECT EXISTS (
  SELECT FROM delivery d JOIN lane ON lane.id = d.lane
  WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b
    AND lane.recipient = %(recipient)b AND d.id > %(delivery)b AND d.notice >= %(over)b
)
"""
_FETCHED = "UPDATE message SET fetched_at = coalesce(fetched_at, now()) WHERE delivery = %b AND number = %b"

# By these rules nothing more goes to a recipient because it has, or can fetch, all of it.
_HAS_IT = frozenset({"told-already", "nothing-new", "withdrawn-before"})


class Missing(StrEnum):
    """Why there is nothing to fetch."""

    UNKNOWN = "unknown-message"  # not a thin message of this recipient: another's looks the same
    NOT_NOW = "not-now"  # it is being planned again, is held, or no agreement runs: later it is given, or over
    OVER = "over"  # erased, or this recipient is not told of it any more, or by a newer message


async def fetch(connection: Connection, keys: Keys, directory: Directory, message_id: str, recipient: str) -> bytes | Missing:
    """The data as JSON; on record as disclosed before they are given. That is a disclosure of today, under an agreement of today."""
    address = parse_message_id(message_id)
    if address is None:
        return Missing.UNKNOWN
    delivery, number = address
    async with connection.transaction():
        given = {"delivery": delivery, "number": number, "recipient": recipient}
        row = await (await connection.execute(_FIND, given, binary=True)).fetchone()
        if row is None:
            return Missing.UNKNOWN
        data_key, data, notice, erased = row
        key = (await keys.get({data_key})).get(data_key)
        if key is None or erased:
            return Missing.OVER
        if (missing := await _withheld(connection, directory, given, Notice(notice))) is not None:
            return missing
        opened = key.open(data, data_context(message_id))
        await connection.execute(_FETCHED, (delivery, number))
    return opened


async def _withheld(connection: Connection, directory: Directory, message: Mapping[str, Any], notice: Notice) -> Missing | None:
    """Why the newest word on the case keeps a message's data from its recipient; None where it does not."""
    row = await (await connection.execute(_DECIDED, message, binary=True)).fetchone()
    if row is None:
        return Missing.OVER
    case_id, kind, plan_due, fact, decision, rule, is_newest = row
    if plan_due or decision == "held":
        return Missing.NOT_NOW
    # What is told anew may be less: an agreement was narrowed, or a wish taken back.
    if not (is_newest if decision == "allowed" else rule in _HAS_IT):
        return Missing.OVER
    fell = fact != Fact.ASSERTED and notice < Notice.WITHDRAWN
    if fell or await _was_taken_back(connection, case_id, message["recipient"], message["delivery"]):
        return Missing.OVER
    # What takes back what was told is given as it was told, whatever has ended since.
    is_told_anew = notice < Notice.WITHDRAWN
    return Missing.NOT_NOW if is_told_anew and not directory.may_be_told(message["recipient"], kind) else None


async def _was_taken_back(connection: Connection, case_id: UUID, recipient: str, delivery: UUID) -> bool:
    ids = [planned.delivery for planned in await planned_deliveries(connection, [case_id])] or [delivery]
    given = {"ids": ids, "low": min(ids), "high": max(ids), "recipient": recipient, "delivery": delivery, "over": int(Notice.WITHDRAWN)}
    row = await (await connection.execute(_IS_OVER, given, binary=True)).fetchone()
    return bool(row and row[0])
