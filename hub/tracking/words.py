"""What the status page says, whatever it is about, in words that hurt nobody who has just lost a person."""

from dataclasses import dataclass

from hub.cases import group_reference
from hub.tracking.case_state import ASKED_FOR
from hub.tracking.lead import lead, never_heard
from hub.tracking.times import day_and_hour, told_on
from schemas import CaseStatus, DeliveryStatus, Fact, NotTold, State
from schemas.status import STATE_WORDS, ContactPoint

_STATE = {word: state for state, word in STATE_WORDS.items()}

_SAID = {
    State.QUEUED: "We are about to tell them.",
    State.SENDING: "We are telling them now.",
    State.PLACED: "We have left the news for them to collect.",
    State.NEEDS_INFORMATION: "Has received it and has a question. We are looking into it.",
    State.FAILED: "We could not reach them. Somebody here is looking into it.",
    State.ACCEPTED: "Has received it. It will tell us when it is done.",
    State.APPLIED: "Has received it and updated its records.",
    State.NO_RECORD: "Has received it. It holds no record that needed changing.",
    State.REJECTED: "Has received it and could not act on it. Somebody here is looking into it.",
    State.WITHHELD: "We have not sent them anything more.",
    State.SUPERSEDED: "Newer news takes the place of this.",
    State.CANCELLED: "This was stopped before it was sent.",
    State.HELD: "We have told them before. There is more to tell them, and it has to wait.",
}
_RETRYING = "We have not been able to reach them yet. We keep trying."
_NEVER_SAYS = "Has received it; does not tell us when it is done."
_SAYS_TO_THEM = "Has received it. What it does next is not shown here."

# What is missing lies between the service and the hub.
_OF_AGREEMENTS = frozenset({"no-agreement", "not-started", "ended", "no-power", "no-impact-assessment", "not-agreed", "filter-unclear"})
_NOT_YET = "We are not able to tell them yet. If you deal with this service, you may wish to tell them yourself."
_NOT_FROM_US = "We do not tell them. If you deal with this service, you may wish to tell them yourself."
# What the other rules mean for somebody who does not know of policies; of those that are not here their own words are said.
# The page is for everybody who told of the case: it gives away neither who is protected nor another death.
_WHY = {
    "standing": "We will tell them once it is registered.",
    "protected": "We are not able to tell them yet.",
    "citizen-said-no": "We were asked not to tell them.",
    "not-chosen": "We have not been asked to tell them.",
    "identity": "We will tell them once it is surer who told us.",
    "hold-window": "We will tell them shortly. Until then it can still be taken back.",
    "not-due-yet": "We will tell them when it takes effect.",
    "not-confirmed": "We will tell them once the person concerned has confirmed it.",
    "bereavement-in-family": "We do not send them this for now.",
    "no-recipient": "We do not yet know which office this is for the address. Somebody here is finding out.",
    "unknown-postcode": "We do not know the postcode you gave, so we do not know which council this is. Check it and tell us again.",
    "not-a-postcode": "What you gave is not a British postcode, so we do not know which council this is. Check it and tell us again.",
    "no-address": "We do not have an address with a postcode, so we do not know which office this is.",
    "nothing-new": "They told us themselves.",
    "filtered": "They asked not to be told of this kind of news.",
    "nothing-to-tell": "There is nothing they need to know.",
}
# Whose it would be, where nobody knows which.
_COUNCIL = {"lives": "Council of the address", "leaves": "Council of the old address", "arrives": "Council of the new address"}
# With the time at which it is told by itself.
_UNTIL = {
    "hold-window": "We will tell them {}. Until then it can still be taken back.",
    "not-due-yet": "We will tell them {}.",
}

_AGAIN = {
    "corrected": "This was a correction.",
    "withdrawn": "We have told them that this no longer concerns them.",
    "cancelled": "We have told them that the registration was cancelled.",
    "retracted": "We have told them that the earlier news was wrong.",
}
_RESTORED = "We have told them that it stands after all."

# One tag a state, told apart by its words and not by its colour alone.
_TAGS = {
    State.APPLIED: ("Done", "done"),
    State.NO_RECORD: ("Done", "done"),
    State.ACCEPTED: ("Received", "done"),
    State.NEEDS_INFORMATION: ("Received", "wait"),
    State.REJECTED: ("Received", "wait"),
    State.FAILED: ("Delayed", "wait"),
    State.WITHHELD: ("Stopped", "still"),
    State.SUPERSEDED: ("Stopped", "still"),
    State.CANCELLED: ("Stopped", "still"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One service on the page."""

    organisation: str
    service: str
    tag: str
    tone: str
    said: str
    more: str | None
    when: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """One service that was considered and is not told, and why."""

    organisation: str
    service: str
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the page shows. Nothing on it names a person."""

    title: str
    reference: str
    summary: str
    received: str
    erased: str | None
    is_planned: bool
    telling: str
    lines: tuple[Line, ...]
    unheard: tuple[Line, ...]
    contact: ContactPoint | None
    later: tuple[Waiting, ...]
    asked: tuple[Waiting, ...]
    never: tuple[Waiting, ...]
    notes: tuple[str, ...]


def page_of(status: CaseStatus, kind: str) -> Page:
    """The page of a case. `kind` is what it is about, for people: `A death`."""
    about = kind[:1].lower() + kind[1:]
    is_wrong, unheard = status.fact is Fact.RETRACTED, never_heard(status)
    later = [n for n in status.not_told if n.decision in ("held", "unroutable")]
    return Page(
        title=f"Putting right the news of {about}" if is_wrong else f"Telling services about {about}",
        reference=group_reference(status.reference),
        summary=lead(status),
        received=day_and_hour(status.told_at),
        erased=day_and_hour(status.erased_before) if status.erased_before else None,
        is_planned=status.planned_at is not None,
        telling="Who we are putting right" if is_wrong else "Who we are telling",
        lines=tuple(_line(delivery) for delivery in status.deliveries if delivery not in unheard),
        unheard=tuple(_line(delivery) for delivery in unheard),
        contact=status.contact,
        later=tuple(_waiting(n) for n in later if n.rule != ASKED_FOR),
        asked=tuple(_waiting(n) for n in later if n.rule == ASKED_FOR),
        never=tuple(_waiting(n) for n in status.not_told if n.decision == "withheld"),
        notes=status.notes,
    )


def sentence(delivery: DeliveryStatus) -> str:
    """What became of one delivery, in a sentence."""
    state = _STATE[delivery.state]
    if state is State.ACCEPTED and not delivery.says_when_done:
        return _NEVER_SAYS
    if state is State.ACCEPTED and not delivery.answers_shown:
        return _SAYS_TO_THEM
    if state is State.QUEUED and delivery.attempts:
        return _RETRYING
    return _SAID[state]


def _line(delivery: DeliveryStatus) -> Line:
    tag, tone = _TAGS.get(_STATE[delivery.state], ("Telling", "wait"))
    reached = _STATE[delivery.state] >= State.ACCEPTED
    more = (_RESTORED if delivery.restored else _AGAIN.get(delivery.notice)) if reached else None
    return Line(delivery.organisation, delivery.service, tag, tone, sentence(delivery), more, day_and_hour(delivery.since))


def _waiting(not_told: NotTold) -> Waiting:
    if not_told.rule in _OF_AGREEMENTS:
        why = _NOT_FROM_US if not_told.decision == "withheld" else _NOT_YET
    elif not_told.until is not None and not_told.rule in _UNTIL:
        why = _UNTIL[not_told.rule].format(told_on(not_told.until))
    else:
        why = _WHY.get(not_told.rule, not_told.explanation)
    return Waiting(_COUNCIL[not_told.side] if not_told.side else not_told.organisation, not_told.service, why)
