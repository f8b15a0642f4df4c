"""What every life event says beside its content: how sure the fact is, what is said of it, and since when by the source's clock."""

from datetime import UTC
from typing import Annotated, ClassVar

from pydantic import AfterValidator, AwareDatetime

from schemas.standing import Fact, Standing
from schemas.words import Model, Prose

UtcTime = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class LifeEvent(Model):
    """`source_time` is the source's own time of this state of the fact; within one registration the latest is the truth."""

    kind: ClassVar[str]

    standing: Standing
    fact: Fact
    source_time: UtcTime
    reason: Prose | None = None


def event_type(kind: str) -> str:
    """The CloudEvents `type` under which a kind is told to the hub."""
    return f"uk.tellusonce.{kind}.v1"
