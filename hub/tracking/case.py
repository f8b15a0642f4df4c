"""The status of a case, put together from its plans and deliveries each time it is asked for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from hub.privacy import Keys
from hub.store import Connection
from hub.tracking.answering import answer_context
from hub.tracking.case_state import shaded, state_of
from hub.tracking.directory import Described, Directory
from hub.tracking.protection import is_kept_from, without_recipients
from hub.tracking.related import related_to
from schemas import Answer, CaseStatus, DeliveryStatus, Fact, Notice, NotTold, Standing, State, delivery_id, message_id
from schemas.status import NOTICE_WORDS, STATE_WORDS, ContactPoint

# A case merged into another is that other: the end of the chain is what the reference stands for now. A case may have been
# told of anew after an erasure; for a teller all of whose words were erased it stays so.
_REFERENCE = """
WITH RECURSIVE chain AS (
  SELECT c.id, c.merged_into, r.client, r.opened_at AS told_at,
    coalesce(c.erased_at, (
      SELECT e.requested_at FROM erasure e WHERE e.case_id = c.id AND NOT EXISTS (
        SELECT FROM case_version v WHERE v.case_id = c.id AND v.client = r.client AND v.data_key <> ALL (e.data_keys)))) AS erased_at
  FROM reference r JOIN cases c ON c.id = r.case_id WHERE r.code = %b
  UNION ALL
  SELECT c.id, c.merged_into, chain.client, chain.told_at, coalesce(c.erased_at, chain.erased_at)
  FROM chain JOIN cases c ON c.id = chain.merged_into
)
SELECT chain.id, chain.client, chain.told_at, chain.erased_at, e.requested_at, c.kind, c.standing, c.fact, c.effective
FROM chain JOIN cases c ON c.id = chain.id LEFT JOIN erasure e ON e.case_id = c.id WHERE chain.merged_into IS NULL
"""
# With what was told under the cases that are part of it now, its own last.
_VERSIONS = """
SELECT v.case_id, v.version, v.recorded_at FROM cases c JOIN case_version v ON v.case_id = c.id
WHERE c.id = %(case)b OR c.merged_into = %(case)b
"""
_PLANS = "SELECT version, planned_at, decisions, notes FROM plan WHERE case_id = %b ORDER BY version DESC"
_PLANS_OF_PARTS = "SELECT decisions FROM cases c JOIN plan ON plan.case_id = c.id WHERE c.merged_into = %b"
_DELIVERIES = """
SELECT d.id, lane.recipient, d.notice, d.version, d.state, d.told, d.changed_at, d.reason, d.due_at, d.attempts
FROM delivery d JOIN lane ON lane.id = d.lane
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b
  AND d.subject IN (SELECT subject FROM cases WHERE id = %(case)b OR merged_into = %(case)b)
ORDER BY d.case_id = %(case)b, d.version
"""
_ANSWERS = """
SELECT DISTINCT ON (delivery) delivery, message, answer, data_key, sealed FROM answer
WHERE delivery = ANY(%b::uuid[]) ORDER BY delivery, id DESC
"""


@dataclass(frozen=True, slots=True)
class Referenced:
    """What a reference stands for. `client` is the one teller it was given to. `erased_at`: nothing of it is left;
    `erased_before`: what was told before is erased, and it was told of anew since."""

    case_id: UUID
    client: str
    told_at: datetime
    erased_at: datetime | None
    erased_before: datetime | None
    kind: str
    standing: Standing
    fact: Fact
    version: int


@dataclass(frozen=True, slots=True)
class _Delivery:
    id: UUID
    recipient: str
    notice: Notice
    version: int
    state: State
    told: bool
    since: datetime
    reason: str | None
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class _Answered:
    answer: Answer
    words: str | None


async def find_reference(connection: Connection, reference: str) -> Referenced | None:
    """What `reference` stands for; None where it was never given."""
    row = await (await connection.execute(_REFERENCE, (reference,))).fetchone()
    if row is None:
        return None
    case, client, told_at, erased_at, erased_before, kind, standing, fact, version = row
    return Referenced(case, client, told_at, erased_at, erased_before, kind, Standing(standing), Fact(fact), version)


async def case_status(
    connection: Connection, keys: Keys, directory: Directory, reference: str, found: Referenced, *, everything: bool = False
) -> CaseStatus:
    """How the case stands, for whoever told the hub of it; with `everything` for the hub's own people: recipients'
    answers too where the agreement keeps them from tellers, and who they are where protection keeps that from this teller."""
    plans = await (await connection.execute(_PLANS, (found.case_id,))).fetchall()
    newest: Sequence[Mapping[str, Any]] = plans[0][2] if plans else []
    deliveries = await _deliveries(connection, found.case_id, plans)
    answers = await _answers(connection, keys, [d.id for d in deliveries])
    by_recipient: dict[str, list[_Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_recipient[delivery.recipient].append(delivery)
    shown: list[DeliveryStatus] = []
    not_told: list[NotTold] = []
    for theirs in by_recipient.values():
        told = any(d.told for d in theirs)
        last = _last(theirs)
        if told or last.state not in (State.HELD, State.WITHHELD):
            named = directory.describe(last.recipient, found.kind)
            one = _shown(last, told, answers.get(last.id), named, directory, everything)
            shown.append(one.model_copy(update={"restored": _is_restored(theirs, last)}))
    told_of = {d.recipient for d in shown}
    for decision in newest:
        recipient = decision.get("recipient") or decision.get("service") or ""
        if decision["decision"] in _NOT_TOLD and recipient not in told_of:
            not_told.append(_not_told(recipient, found.kind, decision, directory))
    is_planned = bool(plans) and plans[0][0] >= found.version
    status = CaseStatus(
        reference=reference,
        kind=found.kind,
        state=state_of(shown, not_told, is_planned),
        standing=found.standing,
        fact=found.fact,
        version=found.version,
        told_at=found.told_at,
        erased_before=found.erased_before,
        planned_at=plans[0][1] if plans else None,
        deliveries=tuple(sorted(shown, key=lambda d: (d.organisation, d.service))),
        notes=tuple(plans[0][3] or ()) if plans else (),
        not_told=tuple(sorted(not_told, key=lambda n: (n.organisation, n.service))),
        related=await related_to(connection, found.case_id),
        contact=_contact(directory) if found.fact is Fact.RETRACTED else None,
    )
    if everything or not await is_kept_from(connection, keys, found.case_id, found.client):
        return status
    return without_recipients(status)


_NOT_TOLD = {"held", "withheld", "not-concerned", "unroutable"}


async def _deliveries(connection: Connection, case: UUID, plans: Sequence[tuple[Any, ...]]) -> list[_Delivery]:
    """By the ids that plans name, and those computed for every version and everybody a plan ever considered."""
    versions = await (await connection.execute(_VERSIONS, {"case": case})).fetchall()
    parts = await (await connection.execute(_PLANS_OF_PARTS, (case,))).fetchall()
    decisions = [decision for decided in (*(plan[2] for plan in plans), *(part[0] for part in parts)) for decision in decided]
    recipients = {decision["recipient"] for decision in decisions if decision.get("recipient")}
    ids = {UUID(decision["delivery"]) for decision in decisions if decision.get("delivery")}
    ids |= {delivery_id(at, of, version, recipient) for of, version, at in versions for recipient in recipients}
    if not ids:
        return []
    given = {"case": case, "ids": list(ids), "low": min(ids), "high": max(ids)}
    rows = await (await connection.execute(_DELIVERIES, given)).fetchall()
    return [_Delivery(row[0], row[1], Notice(row[2]), row[3], State(row[4]), *row[5:]) for row in rows]


async def _answers(connection: Connection, keys: Keys, deliveries: list[UUID]) -> dict[UUID, _Answered]:
    rows = await (await connection.execute(_ANSWERS, (deliveries,))).fetchall()
    opened = await keys.get({row[3] for row in rows if row[3] is not None})
    answers = {}
    for delivery, number, answer, data_key, sealed in rows:
        key = opened.get(data_key)
        words = orjson.loads(key.open(sealed, answer_context(message_id(delivery, number))))["reason"] if key and sealed else None
        answers[delivery] = _Answered(Answer[State(answer).name], words)
    return answers


def _last(theirs: Sequence[_Delivery]) -> _Delivery:
    """The newest that was not taken back; with none such, the newest."""
    standing = [d for d in theirs if d.state not in (State.SUPERSEDED, State.CANCELLED)]
    return (standing or list(theirs))[-1]


def _is_restored(theirs: Sequence[_Delivery], last: _Delivery) -> bool:
    """Whether the one before, of those it knows of, said that it was over, and this one does not."""
    before = [d for d in theirs if d.told and d.version < last.version]
    return bool(before) and before[-1].notice >= Notice.CANCELLED and last.notice < Notice.WITHDRAWN


def _contact(directory: Directory) -> ContactPoint | None:
    found = directory.contact
    return ContactPoint(name=found.name, telephone=found.telephone, email=found.email) if found else None


def _shown(
    delivery: _Delivery, told: bool, answered: _Answered | None, named: Described, directory: Directory, everything: bool
) -> DeliveryStatus:
    open_view = everything or named.answers_shown
    state = delivery.state if open_view else shaded(delivery.state)
    reason = delivery.reason if state is delivery.state else None
    return DeliveryStatus(
        delivery=delivery.id,
        recipient=delivery.recipient,
        organisation=named.organisation,
        service=named.service,
        notice=NOTICE_WORDS[delivery.notice],
        version=delivery.version,
        state=STATE_WORDS[state],
        told=told,
        since=delivery.since,
        says_when_done=named.says_when_done,
        answers_shown=open_view,
        rule=reason,
        explanation=directory.explain(reason) if reason and state in (State.HELD, State.WITHHELD) else None,
        answer=answered.answer if answered and open_view else None,
        reason=answered.words if answered and open_view else None,
        next_attempt_at=delivery.due_at if state is State.QUEUED else None,
        attempts=delivery.attempts,
    )


def _not_told(recipient: str, kind: str, decision: Mapping[str, Any], directory: Directory) -> NotTold:
    named = directory.describe(recipient, kind)
    rule = decision.get("rule") or decision["decision"]
    return NotTold(
        recipient=recipient,
        organisation=named.organisation,
        service=named.service,
        decision=decision["decision"],
        rule=rule,
        explanation=directory.explain(rule),
        until=decision.get("until"),
        side=decision.get("side"),
    )
