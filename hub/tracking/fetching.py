"""What a thin event left to be fetched, for the one recipient it was sent to; fetching it is the disclosure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from hub.cases import planned_deliveries
from hub.kinds import is_below
from hub.privacy import Keys, data_context
from hub.store import Connection, ask_for_planning
from hub.tracking.directory import Directory
from schemas import SAID_ALWAYS, Fact, Notice, parse_message_id
from schemas.days import day_of

# A newer message has taken the place of one that no attempt was made at. The lock is planning's: what a plan takes for not
# fetched stays so.
_FIND = """
SELECT m.data_key, m.data, d.notice, m.agreement, f.fields, EXISTS (SELECT FROM erasure e WHERE m.data_key = ANY(e.data_keys))
FROM delivery d JOIN lane ON lane.id = d.lane
JOIN message m ON m.delivery = d.id AND m.number = %(number)b AND m.delivery = %(delivery)b
JOIN field_set f ON f.id = m.fields
WHERE d.id = %(delivery)b AND d.first_attempt_at IS NOT NULL AND lane.recipient = %(recipient)b AND m.data IS NOT NULL
  AND ((m.number = d.message AND d.state > 1)
    OR EXISTS (SELECT FROM attempt a WHERE a.delivery = %(delivery)b AND a.message = %(number)b))
FOR NO KEY UPDATE OF d
"""
# Whose it is, its subject says: its case's, or that of one that was part of the case until the merge was undone.
_DECIDED = """
SELECT root.id, root.kind, root.plan_due, root.fact, plan.register, plan.planned_at, decision ->> 'decision', decision ->> 'rule',
  (decision ->> 'delivery')::uuid = d.id AND d.message = %(number)b
FROM delivery d
JOIN LATERAL (
  SELECT own.id, own.merged_into FROM cases own
  WHERE own.id = ANY(ARRAY[d.case_id] || ARRAY(SELECT merged FROM merge WHERE survivor = d.case_id))
    AND (own.id = d.case_id OR own.subject = d.subject)
  ORDER BY own.subject = d.subject DESC LIMIT 1
) AS own ON true
JOIN cases root ON root.id = coalesce(own.merged_into, own.id)
LEFT JOIN LATERAL (
  SELECT register, planned_at, decisions FROM plan WHERE plan.case_id = root.id ORDER BY version DESC LIMIT 1
) AS plan ON true
LEFT JOIN LATERAL jsonb_array_elements(plan.decisions) AS decision ON decision ->> 'recipient' = %(recipient)b
WHERE d.id = %(delivery)b
"""
_AROUND = """
SELECT coalesce(bool_or(d.id > %(delivery)b AND d.notice >= %(over)b), false), coalesce(bool_or(d.id < %(delivery)b AND d.told), false)
FROM delivery d JOIN lane ON lane.id = d.lane
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b AND lane.recipient = %(recipient)b
"""
_FETCHED = "UPDATE message SET fetched_at = coalesce(fetched_at, now()) WHERE delivery = %b AND number = %b"

# By these rules nothing more goes to a recipient because it has, or can fetch, all of it.
_HAS_IT = frozenset({"told-already", "nothing-new", "withdrawn-before"})


class Missing(StrEnum):
    """Why there is nothing to fetch."""

    UNKNOWN = "unknown-message"  # not a thin message of this recipient: another's looks the same
    NOT_NOW = "not-now"  # it is being planned again, is held, or no agreement runs: later it is given, or over
    OVER = "over"  # erased, or this recipient is not told of it any more, or by a newer message


@dataclass(frozen=True, slots=True)
class _Message:
    """What was sent: what it tells, under which agreement, and the paths of its data."""

    delivery: UUID
    number: int
    recipient: str
    notice: Notice
    agreement: str
    fields: tuple[str, ...]

    @property
    def key(self) -> dict[str, Any]:
        return {"delivery": self.delivery, "number": self.number, "recipient": self.recipient}


@dataclass(frozen=True, slots=True)
class _Outdated:
    """What it was told under does not run any more, and the case was not planned by what does."""

    case: UUID


async def fetch(connection: Connection, keys: Keys, directory: Directory, message_id: str, recipient: str) -> bytes | Missing:
    """The data as JSON; on record as disclosed before they are given.

    That is a disclosure of today: by the agreement it was told under where that runs, else by the one that runs, where a plan made
    by that allows it and it names all of the data.
    """
    found = await _fetch(connection, keys, directory, message_id, recipient)
    if not isinstance(found, _Outdated):
        return found
    # In a transaction of its own: cases are locked before deliveries.
    async with connection.transaction():
        await ask_for_planning(connection, [found.case])
    return Missing.NOT_NOW


async def _fetch(connection: Connection, keys: Keys, directory: Directory, message_id: str, recipient: str) -> bytes | Missing | _Outdated:
    address = parse_message_id(message_id)
    if address is None:
        return Missing.UNKNOWN
    delivery, number = address
    async with connection.transaction():
        given = {"delivery": delivery, "number": number, "recipient": recipient}
        row = await (await connection.execute(_FIND, given, binary=True)).fetchone()
        if row is None:
            return Missing.UNKNOWN
        data_key, data, notice, agreement, fields, erased = row
        key = (await keys.get({data_key})).get(data_key)
        if key is None or erased:
            return Missing.OVER
        message = _Message(delivery, number, recipient, Notice(notice), agreement, tuple(fields))
        if (missing := await _withheld(connection, directory, message)) is not None:
            return missing
        opened = key.open(data, data_context(message_id))
        await connection.execute(_FETCHED, (delivery, number))
    return opened


async def _withheld(connection: Connection, directory: Directory, message: _Message) -> Missing | _Outdated | None:
    """Why the newest word on the case, or the policy of today, keeps a message's data from its recipient; None where neither does."""
    row = await (await connection.execute(_DECIDED, message.key, binary=True)).fetchone()
    if row is None:
        return Missing.OVER
    case_id, kind, plan_due, fact, register, planned_at, decision, rule, is_newest = row
    if plan_due:
        return Missing.NOT_NOW
    # What is told anew may be less: an agreement was narrowed, or a wish taken back.
    if decision != "held" and not (is_newest if decision == "allowed" else rule in _HAS_IT):
        return Missing.OVER
    running = directory.running(message.recipient, kind)
    is_outdated = register < directory.current().version or (running is not None and day_of(planned_at) < running.starts)
    not_now = _Outdated(case_id) if is_outdated else Missing.NOT_NOW
    if decision == "held":
        return not_now
    fell = fact != Fact.ASSERTED and message.notice < Notice.WITHDRAWN
    was_taken_back, was_told = await _around(connection, case_id, message)
    if fell or was_taken_back:
        return Missing.OVER
    if message.notice >= Notice.WITHDRAWN and was_told:
        return None  # what takes back what was told is given as it was told, whatever has ended since
    if running is not None and running.name == message.agreement:
        return None
    if running is None or is_outdated:
        return not_now
    return None if all(field in SAID_ALWAYS or is_below(field, running.fields) for field in message.fields) else Missing.OVER


async def _around(connection: Connection, case_id: UUID, message: _Message) -> tuple[bool, bool]:
    """Whether a newer delivery to the same recipient took the message back, and whether it was told anything before it."""
    ids = [planned.delivery for planned in await planned_deliveries(connection, [case_id])] or [message.delivery]
    given = {**message.key, "ids": ids, "low": min(ids), "high": max(ids), "over": int(Notice.WITHDRAWN)}
    row = await (await connection.execute(_AROUND, given, binary=True)).fetchone()
    assert row is not None
    return row[0], row[1]
