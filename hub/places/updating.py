"""What another edition of the gazetteer would change, and putting it in its place."""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hub.places.build import build
from hub.places.councils import Council, Councils, Ending
from hub.places.find import Place, Tier, Unplaced, place_of
from hub.places.gazetteer import gazetteer
from hub.places.reasons import Reason

_FILES = ("postcodes.bin", "areas.json")
_MOST_GONE = 0.05


@dataclass(frozen=True, slots=True)
class Moved:
    """So many postcodes for which somebody else is responsible; both sides as people read them."""

    before: str
    after: str
    postcodes: int


@dataclass(frozen=True, slots=True)
class Changes:
    """From the edition in use to the new one, judged on one day.

    `replaced` counts the postcodes there were, `orphaned` those that had a council and have none any more. `begun` are councils
    not known before; `ended` those whose end is new or on another day, and `ending` all that have one; `forgotten` those the new
    register does not know by any code; `unresolved` codes in the postcodes that are no council.
    `outcomes` counts the new postcodes by arrangement of councils, or by the reason why they have none.
    """

    edition: date
    replaces: date
    replaced: int
    added: int
    gone: int
    orphaned: int
    moved: tuple[Moved, ...]
    begun: tuple[Council, ...]
    ended: tuple[Ending, ...]
    ending: tuple[Ending, ...]
    forgotten: tuple[Council, ...]
    unresolved: tuple[str, ...]
    outcomes: Mapping[Tier | Reason, int]

    @property
    def loses_too_many(self) -> bool:
        """More postcodes are gone, or without a council, than between any two editions: a file is a part of one, or not one."""
        return self.gone + self.orphaned > self.replaced * _MOST_GONE


def prepare_edition(source: Path, made: Path, edition: date, current: Path, on: date) -> Changes:
    """Make the new edition in the folder `made` from the registers in `source`, and say what it changes on the day `on`.

    Raises `ValueError` where a register has not the form in which it is published, `OSError` where one is missing.
    """
    unresolved = build(source, made, edition)
    old, new = gazetteer(current), gazetteer(made)
    pairs = Counter((old.postcodes.area_of(postcode), number) for postcode, number in new.postcodes)
    added = sum(count for (before, _), count in pairs.items() if before is None)
    moved, outcomes, orphaned = Counter[tuple[str, str]](), Counter[Tier | Reason](), 0
    for (before, after), count in pairs.items():
        there = place_of(after, on, made)
        outcomes[there.tier if isinstance(there, Place) else there.reason] += count
        if before is not None:
            here = place_of(before, on, current)
            if _responsible(here, new.councils) != _responsible(there, new.councils):
                moved[_said(here), _said(there)] += count
            orphaned += count if isinstance(here, Place) and isinstance(there, Unplaced) else 0
    return Changes(
        edition=new.edition,
        replaces=old.edition,
        replaced=len(old.postcodes),
        added=added,
        gone=len(old.postcodes) - (len(new.postcodes) - added),
        orphaned=orphaned,
        moved=tuple(Moved(*sides, count) for sides, count in sorted(moved.items(), key=lambda item: (-item[1], item[0]))),
        begun=tuple(_without(new.councils, old.councils)),
        ended=tuple(_ended(old.councils, new.councils)),
        ending=tuple(new.councils.endings()),
        forgotten=tuple(_without(old.councils, new.councils)),
        unresolved=tuple(unresolved),
        outcomes=outcomes,
    )


def put_in_place(made: Path, folder: Path) -> None:
    """Take the edition in `made` into `folder`. Processes read it when they start; one that started between the two files refuses both."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        new = folder / f"{name}.new"
        shutil.copyfile(made / name, new)
        new.rename(folder / name)


def _responsible(place: Place | Unplaced, councils: Councils) -> tuple[str, ...]:
    """By the new codes: a council that is coded anew is still the same."""
    if isinstance(place, Unplaced):
        return (place.reason,)
    return tuple((councils.get(one.code) or one).code for one in place.councils)


def _said(place: Place | Unplaced) -> str:
    return f"nobody ({place.reason})" if isinstance(place, Unplaced) else ", ".join(one.official for one in place.councils)


def _without(some: Councils, others: Councils) -> Iterator[Council]:
    return (one for one in some if not any(others.get(code) for code in one.codes))


def _ended(old: Councils, new: Councils) -> Iterator[Ending]:
    for one in new.endings():
        before = next((found for code in one.council.codes if (found := old.get(code))), None)
        if before is None or before.ended != one.on:
            yield one
