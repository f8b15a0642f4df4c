"""What happens to so many people: deaths told once, corrected, cancelled or retracted while the first news may be under way."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.bench.events import Told, tell
from tests.bench.witness import Load


@dataclass(frozen=True, slots=True)
class Story:
    """One death as it was told, in that order; its highest edition is the truth in the end."""

    number: int
    told: Sequence[Told]
    times: Sequence[float]  # seconds from the start


def write_stories(random: Random, numbers: range, seconds: float) -> list[Story]:
    """A story for each number, begun within `seconds`. Nearly half are told once; the rest go on within three seconds, or at once."""
    return [_story(random, number, random.uniform(0, seconds)) for number in numbers]


def _story(random: Random, number: int, start: float) -> Story:
    plot = random.choices(_PLOTS, weights=(45, 15, 10, 10, 10, 5, 3, 2))[0]
    told = [tell(number, edition=edition, fact=fact, standing=standing) for edition, fact, standing in plot]
    times = [start]
    for _ in plot[1:]:
        times.append(times[-1] + random.choice((0.0, 0.05, 0.5, 3.0)) * random.random())
    return Story(number, told, times)


_Chapter = tuple[int, str, str]  # edition, fact, standing


def _registered(edition: int, fact: str = "asserted") -> _Chapter:
    return edition, fact, "registered"


_PLOTS: tuple[tuple[_Chapter, ...], ...] = (
    (_registered(1),),
    (_registered(1), _registered(2)),
    (_registered(1), _registered(2), _registered(3)),
    (_registered(1), _registered(2, "cancelled")),
    (_registered(1), _registered(2, "retracted")),
    (_registered(1), _registered(2), _registered(3, "retracted")),
    (_registered(2), _registered(1)),  # the older one comes late: kept, not sent
    ((1, "asserted", "informal"), _registered(2)),  # held until it is registered
)


def as_load(stories: Sequence[Story], patience: float = 90.0) -> Load:
    """The stories as a workload: each in its order, through one client."""
    # Sorted by time; what follows something else never comes before it, being later and given to the same client.
    pairs = sorted(
        ((at, position, told) for story in stories for position, (at, told) in enumerate(zip(story.times, story.told, strict=True))),
        key=lambda entry: (entry[0], entry[2].number, entry[1]),
    )
    return Load([told for _, _, told in pairs], times=[at for at, _, _ in pairs], keep=True, patience=patience)
