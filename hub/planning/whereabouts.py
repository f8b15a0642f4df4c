"""Where the addresses of a case lie, on the day that counts: that of the change, but never a day gone by, since only a council that
exists can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from hub.kinds import Kind, Side, at
from hub.places import Place, TakenOver, Unplaced, locate, taken_over
from schemas.parts import first_day


@dataclass(frozen=True, slots=True)
class Located:
    """One address of a case: what it is to the person, and where it lies; None where none was given."""

    side: Side
    place: Place | Unplaced | None


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Each address that leads to councils, as it is on the day `on`; `notes` say why other councils are asked than those of the
    day on which it happened."""

    on: date
    located: tuple[Located, ...]
    notes: tuple[str, ...] = ()


def effective_on(kind: Kind, content: Mapping[str, Any]) -> date | None:
    """The first day the change can hold; None where it holds at once."""
    return _day(content, kind.effective)


def whereabouts(kind: Kind, content: Mapping[str, Any], today: date) -> Whereabouts:
    """Where a case's addresses lie on the day that counts."""
    starts = effective_on(kind, content)
    day = today if starts is None else max(today, starts)
    located = tuple(Located(where.side, _find(where.address, content, day)) for where in kind.places)
    happened = _day(content, kind.happened) or starts
    taken = (one for one in located if isinstance(one.place, Place)) if happened is not None and happened < day else ()
    notes = (after.sentence for one in taken for after in _since_ever(one.place, day) if happened < after.on)  # type: ignore[operator]
    return Whereabouts(day, located, tuple(dict.fromkeys(notes)))


def _find(paths: tuple[str, ...], content: Mapping[str, Any], day: date) -> Place | Unplaced | None:
    located = (locate(address, day) for path in paths if (address := at(content, path)))
    return next((place for place in located if place is not None), None)


def _day(content: Mapping[str, Any], path: str | None) -> date | None:
    said = at(content, path) if path else None
    return first_day(said) if isinstance(said, str) else None


@lru_cache(maxsize=16_384)
def _since_ever(place: Place, on: date) -> Sequence[TakenOver]:
    return taken_over(place, date.min, on)
