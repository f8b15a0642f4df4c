"""What an answer does to a delivery."""

from hypothesis import given
from hypothesis import strategies as st

from hub.tracking.rules import Effect, Refusal, Standing, effect
from schemas import TRANSITIONS, Answer, State

STATES, ANSWERS = st.sampled_from(State), st.sampled_from(Answer)
NUMBERS = st.integers(0, 4)


@given(STATES, ANSWERS, NUMBERS, NUMBERS, st.booleans())
def test_an_answer_only_ever_moves_a_delivery_along_the_table(state: State, answer: Answer, current: int, number: int, sent: bool) -> None:
    if effect(Standing(state, current, sent), number, answer) is Effect.MOVES:
        assert answer.state in TRANSITIONS[state]
        assert sent
        assert number == current


@given(ANSWERS)
def test_an_answer_is_legal_in_every_state_between_the_first_attempt_and_the_end(answer: Answer) -> None:
    for state in (State.QUEUED, State.SENDING, State.PLACED, State.FAILED):
        assert effect(Standing(state, 1, attempted=True), 1, answer) is Effect.MOVES


@given(STATES, ANSWERS)
def test_nobody_can_answer_what_was_never_sent(state: State, answer: Answer) -> None:
    assert effect(Standing(state, 1, attempted=False), 1, answer) is Refusal.NOT_SENT
    assert effect(Standing(state, 1, attempted=True), 2, answer) is Refusal.UNKNOWN


@given(st.lists(ANSWERS, max_size=6))
def test_a_state_once_final_is_only_left_for_a_better_one(answers: list[Answer]) -> None:
    better = {State.REJECTED: 0, State.NO_RECORD: 1, State.APPLIED: 2}
    state = State.SENDING
    for answer in answers:
        if effect(Standing(state, 1, attempted=True), 1, answer) is Effect.MOVES:
            assert not state.is_final or better[answer.state] > better[state]
            state = answer.state


def test_a_question_about_superseded_content_goes_to_a_person() -> None:
    assert effect(Standing(State.SUPERSEDED, 1, attempted=True), 1, Answer.NEEDS_INFORMATION) is Effect.LATE
    assert effect(Standing(State.SUPERSEDED, 1, attempted=True), 1, Answer.APPLIED) is Effect.STAYS


def test_a_repeated_question_about_an_older_message_is_answered_by_the_newer_one() -> None:
    assert effect(Standing(State.QUEUED, 2, attempted=True), 1, Answer.NEEDS_INFORMATION) is Effect.STAYS
    assert effect(Standing(State.QUEUED, 2, attempted=True), 1, Answer.REJECTED) is Effect.LATE
