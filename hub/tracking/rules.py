"""What an answer does to a delivery: the rules alone, without a database."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from hub.recipients import Agreement
from schemas.acknowledgement import Acknowledgement, Answer
from schemas.delivery import TRANSITIONS, State

# Answers that ask for something: a person must see them even where they move nothing any more.
_ASKS = {Answer.REJECTED, Answer.NEEDS_INFORMATION}


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer as it came. `recipient` is who gave it, as authenticated; `channel` is one of `metrics.CHANNELS`."""

    message_id: str
    recipient: str
    acknowledgement: Acknowledgement
    channel: str


class Refusal(StrEnum):
    """Why an answer was not taken."""

    UNKNOWN = "unknown-message"  # not a message of this recipient: another's looks the same
    NOT_SENT = "not-sent"  # no attempt was ever begun


class Effect(Enum):
    """What taking an answer does beside keeping it."""

    MOVES = "moves"
    STAYS = "stays"
    LATE = "late"  # stays, and a person looks


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery as an answer finds it."""

    state: State
    message: int
    attempted: bool


def as_agreed(said: Acknowledgement, agreement: Agreement | None) -> Acknowledgement:
    """An answer as far as the agreement lets it come back. Of any other the hub keeps that the message was received: what such a
    recipient does with it would itself tell something of a person."""
    if agreement is None or said.answer in agreement.answers:
        return said
    return Acknowledgement(answer=Answer.ACCEPTED)


def effect(delivery: Standing, number: int, answer: Answer) -> Effect | Refusal:
    """An answer proves that the message of that `number` arrived, so it is legal in every state once an attempt began.

    It speaks of one message: where a newer one has taken its place, and where the state is beyond it, it is kept and
    moves nothing.
    """
    if number > delivery.message:
        return Refusal.UNKNOWN
    if not delivery.attempted:
        return Refusal.NOT_SENT
    if number == delivery.message and answer.state in TRANSITIONS[delivery.state]:
        return Effect.MOVES
    # A question about an older message is what the newer one answers.
    outdated = number < delivery.message and answer is Answer.NEEDS_INFORMATION
    return Effect.LATE if answer in _ASKS and not outdated and answer.state is not delivery.state else Effect.STAYS
