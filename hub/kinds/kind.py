"""What the engine knows of one kind of change: data, read from a YAML file beside the schema of its content."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from pydantic.alias_generators import to_snake

from hub.kinds.entry import Entry, Members, Path, Paths, Slug
from hub.kinds.relations import Follow, Tie
from schemas import FOR_THE_HUB, LifeEvent, SourceKind
from schemas.duration import Duration

# What every version says for itself: nothing of it is filled in from another teller's word.
_TRUTH_ALONE = FOR_THE_HUB | {"standing", "fact", "sourceTime", "reason", "protected"}

Together = Annotated[Members, Field(min_length=1)]


class Side(StrEnum):
    """What an address is to the person concerned."""

    LIVES = "lives"
    LEAVES = "leaves"
    ARRIVES = "arrives"


class Part(StrEnum):
    """What a change with two sides is for one recipient: only the old place is theirs, only the new one, or both."""

    END = "end"
    START = "start"
    UPDATE = "update"


class Where(Entry):
    """An address that leads to councils: the first of the paths at which one is given."""

    address: Annotated[Paths, Field(min_length=1, max_length=5)]
    side: Annotated[Side, Field(alias="as")] = Side.LIVES


class Matching(Entry):
    """What identifies one change for certain (`registration`, `identities`), and what only makes two look alike.

    Each list of paths is one key; it is made where all of them are given (of none: never), and dates in an identity are full.
    `repeats`: the same person can have several such changes, told apart by this.
    """

    registration: Path | None = None
    identities: tuple[Paths, ...] = ()
    likenesses: tuple[Paths, ...] = ()
    repeats: Path | None = None


class Apart(Entry):
    """Fields that are not told to who is concerned with one side, unless the flag at `unless` is true."""

    fields: Paths
    unless: Path | None = None


class Kind(Entry):
    """`recalls` are the fields by which a recipient finds its record again; `truth_alone` are said by the version that is the
    truth or not at all, but for what belongs `together` and the truth leaves out; `by_teller` name people, who are kept by teller,
    `by_truth` people whom the truth names; `never` goes to nobody; with `mourning`, nothing that offers or reminds is told of it."""

    __hash__ = object.__hash__  # what is compiled of it is looked up for every notification

    name: Annotated[Slug, Field(alias="kind")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    subject: Path
    effective: Annotated[Path | None, Field(description="the day from which it holds; without: at once")] = None
    happened: Annotated[Path | None, Field(description="the day it happened, where that is not the day from which it holds")] = None
    places: Annotated[tuple[Where, ...], Field(max_length=2)] = ()
    matching: Matching = Matching()
    truth_alone: Paths = ()
    together: Annotated[tuple[Together, ...], Field(description="the first of each is what the rest is of")] = ()
    by_teller: Paths = ()
    by_truth: Paths = ()
    about_subject: Annotated[Paths, Field(description="beside the subject and the day, what is theirs to read; all else is of others")] = ()
    recalls: Annotated[Paths, Field(min_length=1)]
    never: Paths = ()
    apart: Mapping[Part, Apart] = {}
    expected: tuple[str, ...] = ()
    hold_for: Annotated[Mapping[SourceKind, Duration], Field(description="how long what such a source tells waits, informal as it is")] = {}
    mourning: bool = False
    ties: tuple[Tie, ...] = ()
    follows: tuple[Follow, ...] = ()

    def is_truth_alone(self, name: str) -> bool:
        return name in _TRUTH_ALONE or name in self.truth_alone

    @property
    def to_nobody(self) -> tuple[str, ...]:
        return (*FOR_THE_HUB, *self.never)

    def paths(self) -> Iterator[tuple[str, str]]:
        """Every path of content that the entry names, with the member that names it."""
        named: list[tuple[str, Any]] = [
            ("subject", [self.subject]),
            ("effective", [self.effective]),
            ("happened", [self.happened]),
            ("recalls", self.recalls),
        ]
        named += [("places", where.address) for where in self.places]
        named += [("matching.identities", key) for key in self.matching.identities]
        named += [("matching.likenesses", key) for key in self.matching.likenesses]
        named += [("matching.repeats", [self.matching.repeats]), ("matching.registration", [self.matching.registration])]
        named += [("truthAlone", self.truth_alone), ("byTeller", self.by_teller), ("byTruth", self.by_truth), ("never", self.never)]
        named += [("together", some) for some in self.together]
        named += [(f"ties.{number}", tie.of) for number, tie in enumerate(self.ties)]
        named += [(f"follows.{number}", follow.paths()) for number, follow in enumerate(self.follows)]
        named += [("aboutSubject", self.about_subject)]
        named += [(f"apart.{part}", (*apart.fields, apart.unless)) for part, apart in self.apart.items()]
        return ((member, path) for member, some in named for path in some if path is not None)


@lru_cache(maxsize=1024)
def _reach(path: str) -> Callable[[LifeEvent], Any]:
    return attrgetter(".".join(to_snake(name) for name in path.split(".")))


def said(event: LifeEvent, path: str) -> Any:
    """What an event says at a dotted path in the wire's names; None where it says nothing."""
    try:
        return _reach(path)(event)
    except AttributeError:  # nothing was said of a part above it
        return None


def at(content: Mapping[str, Any], path: str) -> Any:
    """What lies at a dotted path of a content in the wire's names; None where there is nothing."""
    part: Any = content
    for name in path.split("."):
        if type(part) is not dict and not isinstance(part, Mapping):  # what is read as JSON is known at a glance
            return None
        part = part.get(name)
    return part
