"""What every life event says beside its content: how sure the fact is, what is said of it, and since when by the source's clock."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

from schemas.standing import Fact, Standing
from schemas.words import Model, Prose

_CLOCKS_DIFFER_BY = timedelta(minutes=5)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:  # within hours of the year 1 or of the year 10000
        raise PydanticCustomError("out_of_time", "is not a time", {"accepted": "a time between the years 1 and 9999 in UTC"}) from None


UtcTime = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class LifeEvent(Model):
    """`source_time` is the source's own time of this state of the fact; within one registration the latest is the truth."""

    kind: ClassVar[str]

    standing: Standing
    fact: Fact
    source_time: UtcTime
    reason: Prose | None = None

    def ahead_of(self, now: datetime) -> dict[tuple[str, ...], str]:
        """The members that lie in the future at `now` (UTC) and cannot, each with what is accepted. Asked when it is told, and never
        of what is stored."""
        # The newest by the source's own clock wins: a clock that runs ahead would win over every later correction.
        if self.source_time > now + _CLOCKS_DIFFER_BY:
            return {("sourceTime",): "a time up to now, with its zone"}
        return {}


def event_type(kind: str) -> str:
    """The CloudEvents `type` under which a kind is told to the hub."""
    return f"uk.tellusonce.{kind}.v1"
