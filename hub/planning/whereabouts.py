"""Where the addresses of a case lie, on the day that counts: that of the change, but never a day gone by, since only a council that
exists can be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.kinds import Kind, Side, at
from hub.places import Place, Unplaced, locate

_FIRST_DAY = {4: "-01-01", 7: "-01", 10: ""}


@dataclass(frozen=True, slots=True)
class Located:
    """One address of a case: what it is to the person, and where it lies; None where none was given."""

    side: Side
    place: Place | Unplaced | None


def effective_on(kind: Kind, content: Mapping[str, Any]) -> date | None:
    """The first day the change can hold; None where it holds at once."""
    said = at(content, kind.effective) if kind.effective else None
    return date.fromisoformat(said + _FIRST_DAY[len(said)]) if isinstance(said, str) else None


def whereabouts(kind: Kind, content: Mapping[str, Any], today: date) -> tuple[Located, ...]:
    """Each address that the kind says leads to councils."""
    starts = effective_on(kind, content)
    day = today if starts is None else max(today, starts)
    return tuple(Located(where.side, _find(where.address, content, day)) for where in kind.places)


def _find(paths: tuple[str, ...], content: Mapping[str, Any], day: date) -> Place | Unplaced | None:
    located = (locate(address, day) for path in paths if (address := at(content, path)))
    return next((place for place in located if place is not None), None)
