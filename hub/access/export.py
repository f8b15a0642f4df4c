"""The form of an access export."""

from typing import Any

from pydantic import Field

from schemas import Disclosure
from schemas.events import UtcTime
from schemas.words import Model


class ToldUs(Model):
    """One notification. Who told is a third party: only what kind of source it was is said. `content` is none where it is erased."""

    version: int
    source_kind: str | None
    standing: str
    fact: str
    source_time: UtcTime
    recorded_at: UtcTime
    content: dict[str, Any] | None


class Answered(Model):
    """What a recipient said it did. Its own words a person reads first."""

    organisation: str
    service: str
    answer: str
    code: str | None
    words: str | None
    received_at: UtcTime


class Export(Model):
    """Everything the hub holds of one change of one person."""

    reference: str
    kind: str
    title: str
    made_at: UtcTime
    told_us: tuple[ToldUs, ...] = Field(description="what the hub was told, in the order in which it came")
    disclosures: tuple[Disclosure, ...] = Field(description="which fields went to whom, when, and under which agreement")
    answers: tuple[Answered, ...]
