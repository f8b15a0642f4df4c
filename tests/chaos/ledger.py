"""What the hub says of itself afterwards, read from its ledger to be held against what the recipients saw."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from connectors.contract import OUTCOME_CODES, Retry
from schemas.delivery import Notice, State

# Causes of a Retry that prove the recipient read nothing (connectors/webhook/line.py); any other is outcome unknown.
UNSENT = frozenset({"connection-refused", "connect-timeout", "connect-failed", "dns-error", "tls", "certificate"})

_CASES = "SELECT reference.code, cases.id, cases.effective FROM reference JOIN cases ON cases.id = reference.case_id"
_DELIVERIES = """
SELECT delivery.id, case_id, lane.recipient, version, state, notice, told, reason FROM delivery JOIN lane ON lane.id = delivery.lane
"""
_ATTEMPTS = "SELECT delivery, message, at, outcome, cause FROM attempt"
_TASKS = "SELECT delivery, recipient, cause FROM task WHERE closed_at IS NULL"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the attempt log."""

    at: datetime
    outcome: int
    cause: str | None

    @property
    def is_unknown(self) -> bool:
        """Whether it leaves open if the recipient has read the message."""
        return self.outcome == OUTCOME_CODES[Retry] and self.cause not in UNSENT


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger."""

    id: UUID
    case_id: UUID
    recipient: str
    version: int
    state: State
    notice: Notice
    told: bool
    reason: str | None


@dataclass
class Ledger:
    """Everything the checks need, by the keys they use."""

    cases: Mapping[str, UUID]  # by reference
    effective: Mapping[UUID, int]
    deliveries: Mapping[UUID, Delivery]
    attempts: Mapping[tuple[UUID, int], Sequence[Attempt]]  # by delivery and message number
    tasks: Sequence[tuple[UUID | None, str | None, str]]
    by_case: Mapping[UUID, Sequence[Delivery]] = field(default_factory=dict)


def read_ledger(connection: Any) -> Ledger:
    """`connection`: a plain psycopg connection."""
    cases = connection.execute(_CASES).fetchall()
    rows = connection.execute(_DELIVERIES).fetchall()
    deliveries = {
        id_: Delivery(id_, case, recipient, version, State(state), Notice(notice), told, reason)
        for id_, case, recipient, version, state, notice, told, reason in rows
    }
    attempts: defaultdict[tuple[UUID, int], list[Attempt]] = defaultdict(list)
    for delivery, message, at, outcome, cause in connection.execute(_ATTEMPTS):
        attempts[delivery, message].append(Attempt(at, outcome, cause))
    by_case: defaultdict[UUID, list[Delivery]] = defaultdict(list)
    for found in deliveries.values():
        by_case[found.case_id].append(found)
    return Ledger(
        cases={code: case for code, case, _ in cases},
        effective={case: effective for _, case, effective in cases},
        deliveries=deliveries,
        attempts=attempts,
        tasks=connection.execute(_TASKS).fetchall(),
        by_case=by_case,
    )
