"""What every life event says beside its content: how sure the fact is, what is said of it, and since when by the source's clock."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, reduce
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from schemas.parts import Choice, Confidence, DatedFact
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

    `choices`, `identity` and `confirmed` are for the hub alone. `confirmed` false: the person concerned has not said so themselves
    yet, and nothing is sent until they do.
    """

    kind: ClassVar[str]
    # The day that cannot lie ahead, by the names of the fields to it: a date, or a DatedFact.
    _not_ahead: ClassVar[tuple[str, ...]] = ()

    standing: Standing
    fact: Fact
    source_time: UtcTime
    reason: Prose | None = None
    choices: Annotated[tuple[Choice, ...], Field(max_length=100, exclude_if=is_empty)] = ()
    identity: Confidence | None = None
    protected: Annotated[
        bool | None,
        Field(
            description="who somebody is or where they live is kept from others, until a notification that `corrects` this one says false"
        ),
    ] = None
    confirmed: bool | None = None

    def out_of_time(self, now: datetime) -> dict[tuple[str, ...], Misplaced]:
        """The members whose time cannot be at `now` (UTC). Asked when it is told, and never of what is stored. Of an asserted fact its
        day is among them: what was taken in before may be wrong in just this, and is taken back as it is."""
        misplaced: dict[tuple[str, ...], Misplaced] = {}
        # The newest by the source's own clock wins: a clock that runs ahead would win over every later correction.
        if self.source_time > now + _CLOCKS_DIFFER_BY:
            misplaced["sourceTime",] = Misplaced("lies in the future", "a time up to now, with its zone")
        if self._not_ahead and self.fact is Fact.ASSERTED:
            day: Any = reduce(getattr, self._not_ahead, self)
            misplaced |= _ahead(day, self._not_ahead, _latest_day(now.date()))
        return misplaced


def _ahead(day: DatedFact | date | None, names: tuple[str, ...], latest: str) -> dict[tuple[str, ...], Misplaced]:
    """Of a partial date the first day it can mean counts."""
    if isinstance(day, DatedFact) and day.value > latest[: len(day.value)]:
        return {(*map(to_camel, names), "value"): Misplaced("lies in the future", "a day, month or year up to today")}
    if isinstance(day, date) and day.isoformat() > latest:
        return {(*map(to_camel, names),): Misplaced("lies in the future", "a day up to today")}
    return {}


@lru_cache(maxsize=1)  # asked of every notification
def _latest_day(today: date) -> str:
    """The last day that can be today somewhere, as text: it is tomorrow there already, and a clock may be wrong."""
    return (today + timedelta(days=1)).isoformat()


def event_type(*words: str) -> str:
    """The CloudEvents `type` under which a kind is told to the hub, and with the word of a notice that under which recipients get it."""
    return f"uk.tellusonce.{'.'.join(words)}.v1"
