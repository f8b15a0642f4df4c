"""What the status page says first: how far it is, and what the reader has to do."""

from collections.abc import Iterator

from hub.tracking.case_state import ASKED_FOR
from hub.tracking.times import told_on
from schemas import CaseState, CaseStatus, DeliveryStatus, Fact

_NOTHING_TO_DO = "You do not need to do anything."
_BY_CHOICE = "Some services are told only if you ask us to: see below."
_SUMMARY = {
    CaseState.TELLING: "We are telling the services that need to know.",
    CaseState.TOLD: "Everyone we are telling has received the news. Some of them have not yet said that they have dealt with it.",
    CaseState.COMPLETE: "Everyone we told has received the news. You do not need to tell them again.",
    CaseState.NEEDS_ATTENTION: "Something is taking longer than it should. Somebody here is looking into it.",
}
_ENDS = {CaseState.TELLING: _NOTHING_TO_DO, CaseState.NEEDS_ATTENTION: _NOTHING_TO_DO}
_NOTHING_SENT = "Nothing has been sent yet"
# Only the reader can say what is missing.
_TELL_AGAIN = {
    "unknown-postcode": "We do not know the postcode you gave. Check it and tell us again.",
    "not-a-postcode": "What you gave is not a British postcode. Check it and tell us again.",
}

# Where the fact itself fell, that comes first.
_FALLEN = {
    Fact.CANCELLED: "The registration has been cancelled. {} It may be registered again: then we tell them that too.",
    Fact.RETRACTED: "This was recorded in error: what we were told is not so. {}",
}
_TELLING_IT = "We are telling every service that had heard of it from us. You do not need to do anything."
_TOLD_IT = "Every service that had heard of it from us has been told. You do not need to tell them."
_NOBODY_KNEW = "No service had heard of it from us."
_KEPT = "Everybody who must know is told. Who that is, we do not show here."

_STOPPED = frozenset({"withheld", "superseded", "cancelled"})


def lead(status: CaseStatus) -> str:
    """The first sentences of the page."""
    if not status.recipients_shown:
        return _FALLEN.get(status.fact, "{}").format(_KEPT)
    if status.fact is Fact.ASSERTED or status.state is CaseState.NEEDS_ATTENTION:
        return " ".join(_standing(status))
    return _FALLEN[status.fact].format(_over(status))


def never_heard(status: CaseStatus) -> tuple[DeliveryStatus, ...]:
    """Of a fact that fell: whose news was stopped before it was sent, so that there is nothing to put right."""
    if status.fact is Fact.ASSERTED:
        return ()
    return tuple(one for one in status.deliveries if not one.told and one.state in _STOPPED)


def _standing(status: CaseStatus) -> Iterator[str]:
    asks = {_TELL_AGAIN[one.rule] for one in status.not_told if one.decision == "unroutable" and one.rule in _TELL_AGAIN}
    by_choice = any(one.rule == ASKED_FOR for one in status.not_told)
    yield from sorted(asks) or [_so_far(status)]
    if by_choice:
        yield _BY_CHOICE
    elif not asks and status.state in _ENDS:
        yield _ENDS[status.state]


def _so_far(status: CaseStatus) -> str:
    waiting = [one for one in status.not_told if one.decision == "held"]
    if status.planned_at is None or status.deliveries or not waiting or status.state is CaseState.NEEDS_ATTENTION:
        return _SUMMARY[status.state]
    days = [one.until for one in waiting if one.rule == "not-due-yet" and one.until]
    return f"{_NOTHING_SENT}: this takes effect {told_on(min(days))}." if days else f"{_NOTHING_SENT}."


def _over(status: CaseStatus) -> str:
    if status.planned_at and len(never_heard(status)) == len(status.deliveries):
        return _NOBODY_KNEW
    return _TELLING_IT if status.state is CaseState.TELLING else _TOLD_IT
