"""Records a file, or says what would become of it: every record a notification of one teller, in the file's order."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from hub.cases import Arrival, Position, Recorded, Refusal, record
from hub.intake.answers import above_source
from hub.intake.files.records import Batch, RefusedRecord
from hub.kinds import BUILT_IN, Kinds
from hub.privacy import Blind, Keys
from hub.store import Pool
from schemas import Fault, Notification, SourceKind, highest_standing

# Records the notifications of one teller.
Tell = Callable[[Sequence[Notification]], Awaitable[Sequence[Recorded | Refusal]]]
OnRefused = Callable[[RefusedRecord], None]
OnTaken = Callable[["TakenRecord"], None]

# A file that is refused as a whole must not fill the memory with its reasons.
_MOST_SHOWN = 1000


@dataclass(slots=True)
class Refusals:
    """`refused` counts all, `refusals` shows the first thousand in the file's order."""

    refused: int = 0
    refusals: list[RefusedRecord] = field(default_factory=list)

    def refuse(self, refused: Iterable[RefusedRecord], on_refused: OnRefused) -> None:
        for refusal in sorted(refused, key=lambda refusal: refusal.line):
            on_refused(refusal)
            self.refused += 1
            if len(self.refusals) < _MOST_SHOWN:
                self.refusals.append(refusal)


@dataclass(frozen=True, slots=True)
class TakenRecord:
    """The reference of what was told in a line, which it keeps when the line is read again."""

    line: int
    reference: str


@dataclass(slots=True)
class Summary(Refusals):
    """What became of a file's records; `taken` shows the first thousand that were not refused."""

    new: int = 0
    newer: int = 0
    older: int = 0
    repeated: int = 0
    taken: list[TakenRecord] = field(default_factory=list)

    def take(self, line: int, recorded: Recorded, on_taken: OnTaken) -> None:
        one = TakenRecord(line, recorded.reference)
        on_taken(one)
        if len(self.taken) < _MOST_SHOWN:
            self.taken.append(one)
        self._count(recorded)

    def _count(self, recorded: Recorded) -> None:
        if recorded.replay or recorded.position is Position.REPEATED:
            self.repeated += 1
        elif recorded.position is Position.NEW:
            self.new += 1
        elif recorded.position is Position.NEWER:
            self.newer += 1
        else:
            self.older += 1


@dataclass(slots=True)
class Checked(Refusals):
    """What would become of a file's records: `sound` would be taken, some of them perhaps as repeats."""

    sound: int = 0


def _unwatched(_: RefusedRecord | TakenRecord) -> None:
    """The summary is enough."""


def recorder(pool: Pool, keys: Keys, blind: Blind, client: str, source_kind: SourceKind, kinds: Kinds = BUILT_IN) -> Tell:
    """Records into the ledger, as told by `client`. `kinds` are those the file is read by."""

    async def tell(told: Sequence[Notification]) -> Sequence[Recorded | Refusal]:
        return await record(pool, keys, blind, [Arrival(client, source_kind, one) for one in told], kinds)

    return tell


async def take(batches: Iterable[Batch], tell: Tell, on_refused: OnRefused = _unwatched, on_taken: OnTaken = _unwatched) -> Summary:
    """Record every batch; reading the same file again changes nothing.

    Raises what reading raises, and whatever the database raises: what was recorded before stays, and reading again goes on
    from there.
    """
    summary = Summary()
    for batch in batches:
        told = [notification for _, notification in batch.notifications]
        answers = await tell(told) if told else ()
        refused = list(batch.refused)
        for (line, _), answer in zip(batch.notifications, answers, strict=True):
            if isinstance(answer, Refusal):
                refused.append(RefusedRecord(line, (Fault("", answer.cause.value, ""),)))
            else:
                summary.take(line, answer, on_taken)
        summary.refuse(refused, on_refused)
    return summary


async def check(batches: Iterable[Batch], source_kind: SourceKind, on_refused: OnRefused = _unwatched) -> Checked:
    """The same without recording anything: what its form or its teller's standing refuses. Raises what reading raises."""
    checked = Checked()
    highest = highest_standing(source_kind)
    for batch in batches:
        above = [line for line, told in batch.notifications if told.data.standing > highest]
        checked.sound += len(batch.notifications) - len(above)
        checked.refuse([*batch.refused, *(RefusedRecord(line, (above_source(source_kind),)) for line in above)], on_refused)
    return checked
