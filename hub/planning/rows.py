"""What a batch of plans writes, gathered as columns: each table takes one statement, however many cases there are."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from hub.planning.case import DueCase, Holding, NotTelling, Past, Telling, Verdict
from hub.planning.events import Events
from hub.planning.naming import alias_of
from hub.planning.offers import Lane
from hub.store import Change
from schemas import State, sources_of

# In flight it is its worker's: what comes of it is settled there, and then found to be overtaken.
_OVERTAKEN = frozenset(sources_of(State.SUPERSEDED)) - {State.SENDING}
_NOT_BEGUN = (State.HELD, State.QUEUED)
# What was stopped under this version is not begun again, whatever the policy says by now: the plan says what stopped it.
_STOPPED = {State.WITHHELD: "withheld", State.CANCELLED: "withheld", State.SUPERSEDED: "not-concerned"}
# A delivery's id has the time of its version. One planned so long after that, the clock may have passed by then: half of
# the shortest time it waits before it looks at one (hub.clock.lateness).
_LATE = timedelta(seconds=30)


Decided = dict[str, str | UUID]
# Version, state, notice, priority, message, reason and alias of a new delivery.
Alike = tuple[int, int, int, int, int, str | None, UUID | None]


@dataclass(slots=True)
class Rows:
    """All are rows in the order of their statements' columns. `deliveries` are grouped by what is nearly always the same
    in a whole batch: arrays cost by the element. A message's fields are named here and numbered when it is written."""

    events: Events = field(repr=False)
    at: datetime
    plans: list[tuple[UUID, int, str, str | None]] = field(default_factory=list)
    deliveries: dict[Alike, list[tuple[UUID, UUID, UUID, int]]] = field(default_factory=dict)
    messages: list[tuple[UUID, int, str, tuple[str, ...], int, bytes, bytes | None]] = field(default_factory=list, repr=False)
    revisions: list[tuple[UUID, int, int, str | None]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    wakes: list[tuple[Lane, UUID, int]] = field(default_factory=list)
    planned: list[dict[str, Any]] = field(default_factory=list)
    late: list[UUID] = field(default_factory=list)
    again: list[datetime | None] = field(default_factory=list)  # when each plan's time has come once more

    def add(self, case: DueCase, verdicts: Sequence[Verdict], notes: Sequence[str] = ()) -> None:
        """Everything one case's plan writes."""
        current = {past.recipient: past for past in case.past if case.is_current(past)}
        decisions = [self._decided(case, verdict, current.pop(verdict.recipient, None)) for verdict in verdicts]
        decisions += [self._dropped(case, past, State.SUPERSEDED, "not-concerned") for past in current.values()]
        for past in case.past:
            if not case.is_current(past) and past.state in _OVERTAKEN:
                self._revise(past, State.SUPERSEDED, past.message, "overtaken")
        self.again.append(min((one.until for one in verdicts if isinstance(one, Holding) and one.until), default=None))
        self.plans.append((case.id, case.version, orjson.dumps(decisions).decode(), orjson.dumps(notes).decode() if notes else None))
        self.planned.append(
            {
                "id": f"{case.id.hex}-{case.version}-planned",
                "case": str(case.id),
                "version": case.version,
                "state": "planned",
                "at": self.at.isoformat(),
            }
        )

    @property
    def begun(self) -> Counter[tuple[int, int]]:
        """How many deliveries begin, by lane and state."""
        begun: Counter[tuple[int, int]] = Counter()
        for alike, rows in self.deliveries.items():
            begun.update((lane, alike[1]) for *_, lane in rows)
        return begun

    def _decided(self, case: DueCase, verdict: Verdict, past: Past | None) -> Decided:
        if isinstance(verdict, Telling):
            return self._tell(case, verdict, past)
        if isinstance(verdict, Holding):
            return self._hold(case, verdict, past)
        return self._leave(case, verdict, past)

    def _tell(self, case: DueCase, telling: Telling, past: Past | None) -> Decided:
        if past is None:
            id_ = case.delivery_id(telling.recipient)
            self._deliver(case, id_, telling, State.QUEUED, 1, None)
            self._message(case, telling, id_, 1)
            self.wakes.append((telling.lane, id_, telling.notice.priority))
            return _decision(telling.recipient, "allowed", telling.agreement, id_)
        if past.state in _NOT_BEGUN:
            number = past.message
            if not number or not self.events.is_sealed(case, telling, past):
                number += 1
                self._message(case, telling, past.id, number)
            if past.state is State.HELD or number != past.message:
                self._revise(past, State.QUEUED, number, None)
            self.wakes.append((past.lane, past.id, telling.notice.priority))
        if past.state in _STOPPED:
            return _decision(telling.recipient, _STOPPED[past.state], past.reason or "overtaken", past.id)
        return _decision(telling.recipient, "allowed", telling.agreement, past.id)

    def _hold(self, case: DueCase, holding: Holding, past: Past | None) -> Decided:
        if past is None:
            id_ = case.delivery_id(holding.recipient)
            self._deliver(case, id_, holding, State.HELD, 0, holding.rule)
            return _waiting(holding, id_)
        if past.state in _NOT_BEGUN:
            self._revise(past, State.HELD, past.message, holding.rule)
        return _waiting(holding, past.id)

    def _leave(self, case: DueCase, verdict: NotTelling, past: Past | None) -> Decided:
        if past is None:
            said = _decision(verdict.recipient, verdict.decision, verdict.rule, None)
            return said if verdict.side is None else said | {"side": verdict.side.value}
        state = State.WITHHELD if verdict.decision == "withheld" else State.SUPERSEDED
        return self._dropped(case, past, state, verdict.rule)

    def _dropped(self, case: DueCase, past: Past, state: State, rule: str) -> Decided:
        if past.state in _NOT_BEGUN:
            self._revise(past, state, past.message, rule)
        elif past.state is State.FAILED:  # nobody is to put it back
            self._revise(past, State.SUPERSEDED, past.message, rule)
        return _decision(past.recipient, "withheld" if state is State.WITHHELD else "not-concerned", rule, past.id)

    def _deliver(self, case: DueCase, id_: UUID, one: Telling | Holding, state: State, message: int, rule: str | None) -> None:
        alike = (case.version, int(state), int(one.notice), one.notice.priority, message, rule, alias_of(case, one.recipient, one.subject))
        self.deliveries.setdefault(alike, []).append((id_, case.id, one.subject, one.lane.id))
        if self.at - case.recorded_at > _LATE:
            self.late.append(id_)

    def _message(self, case: DueCase, telling: Telling, id_: UUID, number: int) -> None:
        sealed = self.events.sealed(case, telling, id_, number)
        data = self.events.sealed_data(case, telling, id_, number) if telling.thin else None
        self.messages.append((id_, number, telling.agreement, telling.fields, case.key.id, sealed, data))

    def _revise(self, past: Past, state: State, message: int, rule: str | None) -> None:
        self.revisions.append((past.id, int(state), message, rule))
        if past.state is not state:
            self.changes.append(Change(past.id, past.case_id, past.recipient, past.lane.id, past.version, past.state, state, rule))


def _waiting(holding: Holding, delivery: UUID) -> Decided:
    """With the time at which it goes on by itself, where time alone is in its way."""
    said = _decision(holding.recipient, "held", holding.rule, delivery)
    return said if holding.until is None else said | {"until": holding.until.isoformat()}


def _decision(recipient: str, decision: str, rule: str, delivery: UUID | None) -> Decided:
    said: Decided = {"recipient": recipient, "decision": decision, "rule": rule}
    if delivery is not None:
        said["delivery"] = delivery
    return said
