"""What every life event says beside its content: how sure the fact is, what is said of it, and since when by the source's clock."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, ClassVar, NamedTuple

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError

from schemas.parts import Choice, Confidence
from schemas.standing import Fact, Standing
from schemas.words import Model, Prose, is_empty

_CLOCKS_DIFFER_BY = timedelta(minutes=5)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # within hours of the year 1 or of the year 10000
        raise PydanticCustomError("out_of_time", "is not a time", {"accepted": "a time between the years 1 and 9999 in UTC"}) from None


UtcTime = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Misplaced(NamedTuple):
    """What is wrong with a time, and what is accepted."""

    fault: str
    accepted: str


class LifeEvent(Model):
    """`source_time` is the source's own time of this state of the fact; within one registration the latest is the truth.

    `choices`, `identity` and `confirmed` are for the hub alone. `protected`: who somebody is or where they live must be kept from
    others. `confirmed` false: the person concerned has not said so themselves yet, and nothing is sent until they do.
    """

    kind: ClassVar[str]

    standing: Standing
    fact: Fact
    source_time: UtcTime
    reason: Prose | None = None
    choices: Annotated[tuple[Choice, ...], Field(max_length=100, exclude_if=is_empty)] = ()
    identity: Confidence | None = None
    protected: bool | None = None
    confirmed: bool | None = None

    def out_of_time(self, now: datetime) -> dict[tuple[str, ...], Misplaced]:
        """The members whose time cannot be at `now` (UTC). Asked when it is told, and never of what is stored."""
        # The newest by the source's own clock wins: a clock that runs ahead would win over every later correction.
        if self.source_time > now + _CLOCKS_DIFFER_BY:
            return {("sourceTime",): Misplaced("lies in the future", "a time up to now, with its zone")}
        return {}


@lru_cache(maxsize=1)  # asked of every notification
def latest_day(today: date) -> str:
    """The last day that can be today somewhere, as text: it is tomorrow there already, and a clock may be wrong."""
    return (today + timedelta(days=1)).isoformat()


def event_type(kind: str) -> str:
    """The CloudEvents `type` under which a kind is told to the hub."""
    return f"uk.tellusonce.{kind}.v1"
