"""A case's state, derived from its deliveries whenever it is asked for and never stored (docs/decisions/010)."""

from collections.abc import Sequence

from schemas import CaseState, DeliveryStatus, NotTold, State
from schemas.status import STATE_WORDS

_BY_WORD = {word: state for state, word in STATE_WORDS.items()}
_NEEDS_A_PERSON = {State.FAILED, State.REJECTED, State.NEEDS_INFORMATION}
# Who is told if somebody asks for it keeps no case waiting: nobody may ever ask.
ASKED_FOR = "not-chosen"
_ANSWERED = {State.NEEDS_INFORMATION, State.APPLIED, State.NO_RECORD, State.REJECTED}


def shaded(state: State) -> State:
    """A state as those read it who may not read the recipient's answers: it has received it, and no more."""
    return State.ACCEPTED if state in _ANSWERED else state


def state_of(deliveries: Sequence[DeliveryStatus], not_told: Sequence[NotTold], is_planned: bool) -> CaseState:
    """`deliveries` one for each recipient, as they are shown: what is shaded must not be guessed from the case."""
    states = [(_BY_WORD[d.state], d.says_when_done and d.answers_shown) for d in deliveries]
    decisions = {n.decision for n in not_told if n.rule != ASKED_FOR}
    if "unroutable" in decisions or any(state in _NEEDS_A_PERSON for state, _ in states):
        return CaseState.NEEDS_ATTENTION
    if not is_planned or "held" in decisions:
        return CaseState.TELLING
    if all(state.is_final or (state is State.ACCEPTED and not says) for state, says in states):
        return CaseState.COMPLETE
    if all(state >= State.ACCEPTED for state, _ in states):
        return CaseState.TOLD
    return CaseState.TELLING
