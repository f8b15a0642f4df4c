"""The states of a delivery, and the one table of legal transitions.

Numbers are stored in the ledger: they are never reused for another meaning. Below 10 the work is open,
from 10 on the recipient has the message, from 20 on the state is final.
"""

from enum import IntEnum


class State(IntEnum):
    """Where a delivery stands. `TRANSITIONS` says what may follow what."""

    HELD = 0
    QUEUED = 1
    SENDING = 2
    PLACED = 3
    NEEDS_INFORMATION = 4
    FAILED = 5
    ACCEPTED = 10
    APPLIED = 20
    NO_RECORD = 21
    REJECTED = 22
    WITHHELD = 23
    SUPERSEDED = 24
    CANCELLED = 25

    @property
    def is_final(self) -> bool:
        return self >= State.APPLIED

    @property
    def word(self) -> str:
        """As people and the API read it: `no record held`."""
        return _WORDS[self]


_WORDS = {state: state.name.lower().replace("_", " ") for state in State} | {State.NO_RECORD: "no record held"}


class Notice(IntEnum):
    """What a delivery tells its recipient."""

    NOTIFIED = 0
    CORRECTED = 1
    WITHDRAWN = 2
    CANCELLED = 3
    RETRACTED = 4

    @property
    def priority(self) -> int:
        """Cancellations overtake ordinary news, "not dead" overtakes everything."""
        return _PRIORITIES.get(self, 0)


SAID_ALWAYS = ("standing", "fact")  # of its data: by a thin event too, and by every end
_PRIORITIES = {Notice.CANCELLED: 1, Notice.RETRACTED: 2}

_ANSWERS = {State.APPLIED, State.NO_RECORD, State.REJECTED, State.NEEDS_INFORMATION}
_RECALLED = {State.SUPERSEDED, State.CANCELLED}

TRANSITIONS: dict[State, frozenset[State]] = {
    State.HELD: frozenset({State.QUEUED, State.WITHHELD, *_RECALLED}),
    State.QUEUED: frozenset({State.SENDING, State.HELD, State.WITHHELD, State.FAILED, State.ACCEPTED, *_RECALLED, *_ANSWERS}),
    State.SENDING: frozenset({State.QUEUED, State.PLACED, State.ACCEPTED, State.FAILED, *_RECALLED, *_ANSWERS}),
    State.PLACED: frozenset({State.ACCEPTED, State.QUEUED, *_ANSWERS}),
    State.NEEDS_INFORMATION: frozenset({State.QUEUED, State.SUPERSEDED, *_ANSWERS} - {State.NEEDS_INFORMATION}),
    State.FAILED: frozenset({State.QUEUED, State.ACCEPTED, *_RECALLED, *_ANSWERS}),
    State.ACCEPTED: frozenset(_ANSWERS),
    State.APPLIED: frozenset(),
    State.NO_RECORD: frozenset({State.APPLIED}),
    State.REJECTED: frozenset({State.APPLIED, State.NO_RECORD}),
    State.WITHHELD: frozenset(),
    # A recipient may answer what it got before it was superseded or cancelled: its word is kept beside the state.
    State.SUPERSEDED: frozenset(),
    State.CANCELLED: frozenset(),
}


def sources_of(target: State) -> list[int]:
    """The states from which `target` may be reached, as the ledger's statements take them (`state = ANY(...)`)."""
    return sorted(int(source) for source, targets in TRANSITIONS.items() if target in targets)
