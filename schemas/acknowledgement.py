"""The recipient's business answer: what became of the change there."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.delivery import State
from schemas.events.life_event import UtcTime
from schemas.words import Model, pattern

_REASON = pattern(r"^[\P{Cc}\n]*\p{L}[\P{Cc}\n]*$", "plain words a person can act on")
_SHORTEST_REASON = 10
LARGEST_ACKNOWLEDGEMENT = 16 * 1024  # bytes; what is larger is none, and is not kept


class Answer(StrEnum):
    """`accepted`: we have it. The others say what was done, or why not."""

    ACCEPTED = "accepted"
    APPLIED = "applied"
    NO_RECORD = "no-record"
    REJECTED = "rejected"
    NEEDS_INFORMATION = "needs-information"

    @property
    def state(self) -> State:
        """The state a delivery goes to with this answer."""
        return State[self.name]


class ReasonCode(StrEnum):
    """Why, for machines. A closed set: it stands outside the seal, where a recipient's own words must not."""

    NOT_OURS = "not-ours"
    NOT_FOUND = "not-found"
    AMBIGUOUS = "ambiguous"
    INCOMPLETE = "incomplete"
    CONTRADICTS = "contradicts"
    DUPLICATE = "duplicate"
    TECHNICAL = "technical"
    OTHER = "other"


class Acknowledgement(Model):
    """A rejection says why in plain words, and a question what is asked: without, the API refuses it."""

    answer: Answer
    reason: Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=_REASON)] | None = None
    reason_code: ReasonCode | None = None
    at: UtcTime | None = None

    @property
    def code(self) -> str | None:
        """The reason's code as the ledger keeps it."""
        return None if self.reason_code is None else self.reason_code.value

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        wanting = self.answer in (Answer.REJECTED, Answer.NEEDS_INFORMATION)
        if wanting and len(self.reason or "") < _SHORTEST_REASON:
            accepted = f"a reason in plain words, at least {_SHORTEST_REASON} characters, for rejected and needs-information"
            raise PydanticCustomError("reason", "does not say why", {"accepted": accepted})
        return self


def parse_acknowledgement(raw: bytes | str) -> Acknowledgement:
    """An acknowledgement as a recipient sends it. Raises `pydantic.ValidationError`: see `schemas.faults`."""
    return Acknowledgement.model_validate_json(raw, by_alias=True, by_name=False)
