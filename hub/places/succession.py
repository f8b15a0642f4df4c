"""Why other councils are responsible at a place than were, and which end when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from hub.places.councils import Council, Councils, Ending
from hub.places.find import Place
from hub.places.gazetteer import data_folder, gazetteer


@dataclass(frozen=True, slots=True)
class TakenOver:
    """On a day a council became responsible where others had been."""

    on: date
    successor: Council
    ended: tuple[Council, ...]

    @property
    def sentence(self) -> str:
        names = _listed(sorted(one.official for one in self.ended))
        return f"{self.successor.official} took over on {_day(self.on)} from {names}, which ended."


def taken_over(place: Place, since: date, on: date, folder: Path | None = None) -> list[TakenOver]:
    """What became of the councils at `place` (found for the day `on`) after the day `since`, oldest first.

    `since` is the day of the event: of a death in 2022 it says that Cumberland took over from the councils of those days.
    Empty where the same councils were responsible on both days.
    """
    councils = gazetteer(folder or data_folder()).councils
    found: dict[tuple[date, str], tuple[Council, dict[str, Council]]] = {}
    for ended, successor, day in (*_passed(place, councils), *_before_the_edition(place, councils)):
        if since < day <= on:
            found.setdefault((day, successor.code), (successor, {}))[1][ended.code] = ended
    return [
        TakenOver(day, successor, tuple(some.values())) for (day, _), (successor, some) in sorted(found.items(), key=lambda one: one[0])
    ]


def ending(on: date, within: timedelta = timedelta(0), folder: Path | None = None) -> tuple[Ending, ...]:
    """The councils that are no more from a day between `on` and `on + within` (both included), by that day and their codes."""
    councils = gazetteer(folder or data_folder()).councils
    found = (one for one in councils.endings() if on <= one.on <= on + within)
    return tuple(sorted(found, key=lambda one: (one.on, one.council.code)))


def describe_end(council: Council, folder: Path | None = None) -> str | None:
    """When a council ends or ended and who takes over, as a sentence; None where nothing is decided."""
    if council.ended is None:
        return None
    names = [one.official for one in gazetteer(folder or data_folder()).councils.successors(council)]
    after = f"; after it {'comes' if len(names) == 1 else 'come'} {_listed(names)}" if names else ""
    return f"{council.official} is no more from {_day(council.ended)} on{after}."


_Taken = tuple[Council, Council, date]


def _passed(place: Place, councils: Councils) -> Iterator[_Taken]:
    for one in place.successions:
        ended, successor = councils.get(one.ended), councils.get(one.successor)
        if ended and successor:
            yield ended, successor, one.on


def _before_the_edition(place: Place, councils: Councils) -> Iterator[_Taken]:
    """The edition does not say in which of them the postcode lay: all are named from whom its councils took over."""
    taken_over = {one.successor for one in place.successions}
    codes = [*(one.ended for one in place.successions), *(one.code for one in place.councils)]
    waiting = [found for code in codes if code not in taken_over and (found := councils.get(code))]
    seen: set[str] = set()
    while waiting:
        council = waiting.pop()
        if council.code in seen:
            continue
        seen.add(council.code)
        for ended in councils.before(council):
            if ended.ended:
                yield ended, council, ended.ended
                waiting.append(ended)


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1] if names else "")))


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
