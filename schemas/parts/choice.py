"""What a citizen chose about one recipient, and how surely somebody is who they say. Safeguards: neither is a lawful basis."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from schemas.words import Model, Prose, pattern

_RECIPIENT = pattern(r"^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$", "the id of a recipient, such as stevenage.libraries")


class Choice(Model):
    """Whether one recipient is to be told, and the words the citizen read when they chose."""

    recipient: Annotated[str, StringConstraints(max_length=81, pattern=_RECIPIENT)]
    tell: bool
    wording: Prose | None = None


class Confidence(StrEnum):
    """How sure the teller is who the person is (levels of the government's Good Practice Guide 45)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very-high"

    @property
    def rank(self) -> int:
        return list(Confidence).index(self)
