"""What a thin event left to be fetched, for the one recipient it was sent to; fetching it is the disclosure."""

from enum import StrEnum
from uuid import UUID

from hub.cases import planned_deliveries
from hub.privacy import Keys, data_context
from hub.store import Connection
from schemas import Notice, parse_message_id

# The lock is planning's: what a plan takes for not fetched stays so.
_FIND = """
SELECT d.case_id, m.data_key, m.data, EXISTS (SELECT FROM erasure e WHERE m.data_key = ANY(e.data_keys))
FROM delivery d JOIN lane ON lane.id = d.lane
JOIN message m ON m.delivery = d.id AND m.number = %(number)b AND m.delivery = %(delivery)b
WHERE d.id = %(delivery)b AND d.first_attempt_at IS NOT NULL AND lane.recipient = %(recipient)b AND m.data IS NOT NULL
FOR NO KEY UPDATE OF d
"""
_IS_OVER = """
SELECT EXISTS (
  SELECT FROM delivery d JOIN lane ON lane.id = d.lane
  WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b
    AND lane.recipient = %(recipient)b AND d.id > %(delivery)b AND d.notice >= %(over)b
)
"""
_FETCHED = "UPDATE message SET fetched_at = coalesce(fetched_at, now()) WHERE delivery = %b AND number = %b"


class Missing(StrEnum):
    """Why there is nothing to fetch."""

    UNKNOWN = "unknown-message"  # not a thin message of this recipient: another's looks the same
    OVER = "over"  # erased, or the recipient was told since that it is over


async def fetch(connection: Connection, keys: Keys, message_id: str, recipient: str) -> bytes | Missing:
    """The data as JSON; on record as disclosed before they are given."""
    address = parse_message_id(message_id)
    if address is None:
        return Missing.UNKNOWN
    delivery, number = address
    async with connection.transaction():
        given = {"delivery": delivery, "number": number, "recipient": recipient}
        row = await (await connection.execute(_FIND, given, binary=True)).fetchone()
        if row is None:
            return Missing.UNKNOWN
        case_id, data_key, data, erased = row
        key = (await keys.get({data_key})).get(data_key)
        if key is None or erased or await _is_to_be_withheld(connection, case_id, recipient, delivery):
            return Missing.OVER
        opened = key.open(data, data_context(message_id))
        await connection.execute(_FETCHED, (delivery, number))
    return opened


async def _is_to_be_withheld(connection: Connection, case_id: UUID, recipient: str, delivery: UUID) -> bool:
    ids = [planned.delivery for planned in await planned_deliveries(connection, [case_id])] or [delivery]
    given = {"ids": ids, "low": min(ids), "high": max(ids), "recipient": recipient, "delivery": delivery, "over": int(Notice.WITHDRAWN)}
    row = await (await connection.execute(_IS_OVER, given, binary=True)).fetchone()
    return bool(row and row[0])
