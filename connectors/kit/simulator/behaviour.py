"""How a simulated recipient behaves: on the wire, and in its office afterwards."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from schemas.acknowledgement import Answer


class Wire(StrEnum):
    """What becomes of a request."""

    OK = "ok"  # 200
    SLOW = "slow"  # 200 after `seconds`
    DOWN = "down"  # nobody listens: refused; open connections are reset
    STATUS = "status"  # `status`, with `retry_after` where given
    SILENT = "silent"  # reads it and never answers
    RESET = "reset"  # reads it, then resets the connection
    GARBAGE = "garbage"  # answers what is not HTTP
    TORN = "torn"  # breaks off in the middle of its answer
    HALF = "half"  # names the first half of a batch; a single one is taken
    FLOOD = "flood"  # 200 and an answer without an end
    REDIRECT = "redirect"  # 307 to `location`

    @property
    def takes(self) -> bool:
        """Whether it keeps what it read, and answers for it in time."""
        return self in (Wire.OK, Wire.SLOW, Wire.HALF)


class Behaviour(BaseModel):
    """Settable at any time. `answer` is the business answer given `answer_after` seconds after taking a message; none: it never says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wire: Wire = Wire.OK
    seconds: Annotated[float, Field(ge=0, le=600)] = 0.0
    status: Annotated[int, Field(ge=200, le=599)] = 500
    retry_after: Annotated[int, Field(ge=0, le=86_400)] | None = None
    location: str | None = None
    answer: Answer | None = Answer.APPLIED
    answer_after: Annotated[float, Field(ge=0, le=600)] = 0.2
    reason: str | None = None
