"""A case's state, derived from what its reader is shown."""

from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from hub.tracking.case_state import shaded, state_of
from schemas import CaseState, DeliveryStatus, NotTold, State
from schemas.status import STATE_WORDS

NOW = datetime.now(UTC)


def shown(state: State, says: bool = True) -> DeliveryStatus:
    return DeliveryStatus(
        delivery=uuid4(), recipient="a.b", organisation="A", service="B", notice="notified", version=1,
        state=STATE_WORDS[state], told=True, since=NOW, says_when_done=says,
    )  # fmt: skip


def left_out(decision: str, rule: str = "no-power") -> NotTold:
    return NotTold.model_validate(
        {"recipient": "a.b", "organisation": "A", "service": "B", "decision": decision, "rule": rule, "explanation": "No."}
    )


STATES = st.lists(st.tuples(st.sampled_from(State), st.booleans()), min_size=1, max_size=8)


@given(STATES)
def test_complete_means_that_every_end_is_known(states: list[tuple[State, bool]]) -> None:
    if state_of([shown(*one) for one in states], [], is_planned=True) is CaseState.COMPLETE:
        assert all(state.is_final or (state is State.ACCEPTED and not says) for state, says in states)


@given(STATES)
def test_told_means_that_everybody_has_it_or_has_ended(states: list[tuple[State, bool]]) -> None:
    if state_of([shown(*one) for one in states], [], is_planned=True) in (CaseState.TOLD, CaseState.COMPLETE):
        assert all(state >= State.ACCEPTED for state, _ in states)


@given(STATES, st.sampled_from([State.FAILED, State.REJECTED, State.NEEDS_INFORMATION]))
def test_one_that_needs_a_person_is_enough(states: list[tuple[State, bool]], stuck: State) -> None:
    deliveries = [shown(*one) for one in states] + [shown(stuck)]
    assert state_of(deliveries, [], is_planned=True) is CaseState.NEEDS_ATTENTION


def test_what_is_held_keeps_a_case_open_and_what_is_withheld_does_not() -> None:
    assert state_of([shown(State.APPLIED)], [left_out("held")], is_planned=True) is CaseState.TELLING
    assert state_of([shown(State.APPLIED)], [left_out("withheld")], is_planned=True) is CaseState.COMPLETE
    assert state_of([shown(State.APPLIED)], [left_out("unroutable")], is_planned=True) is CaseState.NEEDS_ATTENTION


def test_who_is_told_only_if_somebody_asks_for_it_keeps_no_case_open() -> None:
    assert state_of([shown(State.APPLIED)], [left_out("held", "not-chosen")], is_planned=True) is CaseState.COMPLETE
    assert state_of([shown(State.APPLIED)], [left_out("held", "not-due-yet")], is_planned=True) is CaseState.TELLING


def test_nothing_is_settled_before_the_newest_version_is_planned() -> None:
    assert state_of([shown(State.APPLIED)], [], is_planned=False) is CaseState.TELLING


@given(st.sampled_from(State))
def test_a_shaded_state_says_no_more_than_received(state: State) -> None:
    assert shaded(state) not in (State.APPLIED, State.NO_RECORD, State.REJECTED, State.NEEDS_INFORMATION)
