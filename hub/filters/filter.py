"""A filter, read once and asked of every event: a text that a recipient's desk can read and change."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hub.filters.event import Event

# Whether an event passes; None where that cannot be said.
Predicate = Callable[[Event], bool | None]


class Outcome(StrEnum):
    """`unclear`: a value that cannot be compared so, such as text with a number. It does not pass (CESQL 1.2)."""

    PASSES = "passes"
    EXCLUDED = "excluded"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class FilterFault:
    """Why a text is no filter."""

    fault: str
    accepted: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`paths` are those it looks at, without `data.`."""

    text: str
    paths: frozenset[str]
    _passes: Predicate

    def ask(self, event: Event) -> Outcome:
        """What it says of an event."""
        found = self._passes(event)
        if found is None:
            return Outcome.UNCLEAR
        return Outcome.PASSES if found else Outcome.EXCLUDED
