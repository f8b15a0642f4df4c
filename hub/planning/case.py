"""A case as planning sees it, and what planning says of it: values alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.kinds import Kind, Part, Side
from hub.planning.offers import Lane
from hub.privacy import DataKey
from schemas import Fact, Notice, Standing, State, delivery_ids

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a recipient told the hub itself, as which version, and under which source and id of its own."""

    version: int
    content: Content = field(repr=False)
    source: str = field(repr=False)
    id: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Past:
    """A delivery planned before, under this case, one merged into it or one it was part of, with its current message (none:
    held). `alias` is the other id of the same person that it names."""

    id: UUID
    case_id: UUID
    subject: UUID
    recipient: str
    version: int
    lane: Lane
    state: State
    notice: Notice
    told: bool
    message: int
    since: datetime | None  # when it was first tried: its recipient may know from then on
    agreement: str | None
    fields: tuple[str, ...]
    reason: str | None
    data_key: int | None
    sealed: bytes | None
    data: bytes | None = None  # sealed: what a thin event left to be fetched
    fetched: bool = False
    alias: UUID | None = None

    @property
    def knows(self) -> bool:
        """Whether its recipient was told, or may just be reading it."""
        return self.told or self.state is State.SENDING

    @property
    def was_read(self) -> bool:
        """Whether it carried all it tells, or what it left to be fetched was fetched."""
        return self.data is None or self.fetched


@dataclass(frozen=True, slots=True)
class FirstHand:
    """What comes of what others than the hub told of a case; `source_kind` is that of the truth's teller.

    What the hub tells itself follows from another case, and nothing follows from it.
    """

    content: Content = field(repr=False)
    source_kind: str | None


@dataclass(slots=True)
class DueCase:
    """A locked case whose effective version is to be planned. `content` is what may be told of it."""

    id: UUID
    subject: UUID
    kind: Kind
    version: int
    standing: Standing
    fact: Fact
    recorded_at: datetime
    source_kind: str | None  # of the client whose word is the truth
    key: DataKey
    content: Content = field(repr=False)
    said: Mapping[str, Said] = field(default_factory=dict, repr=False)  # by recipient
    subjects: set[UUID] = field(default_factory=set)  # as which it was told: its own, and those of cases merged into it
    past: list[Past] = field(default_factory=list)  # oldest first
    strange: list[Past] = field(default_factory=list)  # as another, who was held to be the same until a merge was undone
    opened: Mapping[UUID, Content] = field(default_factory=dict, repr=False)  # what past deliveries told, by their id
    parts: Mapping[UUID, Part] = field(default_factory=dict)  # with what part they told it, where there was one
    stopping_nothing: frozenset[UUID] = frozenset()  # those that told that no payment may be stopped on it
    with_tasks: bool = False  # whether any task about it is open
    is_replan: bool = False  # this very version was planned before
    first_hand: FirstHand | None = None
    mourns: Standing | None = None  # how sure a death is that is near: nothing that offers or reminds
    unfollowed: tuple[str, ...] = ()  # kinds that should have followed and cannot
    delivery_id: Callable[[str], UUID] = field(init=False, repr=False)  # of this version to a recipient

    def __post_init__(self) -> None:
        self.delivery_id = delivery_ids(self.recorded_at, self.id, self.version)

    def is_current(self, past: Past) -> bool:
        """Whether it is of this very version."""
        return past.version == self.version and past.case_id == self.id


# Verdicts are made for every delivery: frozen ones take three times as long to make.
@dataclass(slots=True)
class Telling:
    """A delivery to be made: `fields` are the paths of `data` (JSON); `origin` is set where the recipient told us itself;
    `stops_nothing`: no payment may be stopped on a fact no surer than this."""

    recipient: str
    lane: Lane
    notice: Notice
    agreement: str
    fields: tuple[str, ...]
    data: bytes = field(repr=False)
    subject: UUID
    origin: Said | None = field(default=None, repr=False)
    part: Part | None = None
    thin: bool = False
    stops_nothing: bool = False


@dataclass(slots=True)
class Holding:
    """A delivery that waits for what its rule names; where time alone ends that, `until` then."""

    recipient: str
    lane: Lane
    notice: Notice
    rule: str
    subject: UUID
    until: datetime | None = None


@dataclass(slots=True)
class NotTelling:
    """Somebody considered and not told: `decision` is withheld, not-concerned or unroutable; `side` says which address
    leads to no council, where one does not."""

    recipient: str
    decision: str
    rule: str
    side: Side | None = None


Verdict = Telling | Holding | NotTelling
