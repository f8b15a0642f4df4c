"""Records an extract: every record a notification of the register, in the file's order, a batch a transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hub.cases import Arrival, Position, Recorded, Refusal, record
from hub.intake.gro.extract import Progress, RefusedRecord, read
from hub.privacy import Blind, Keys
from hub.store import Pool
from schemas import SourceKind

CLIENT = "gro"

# A file that is refused as a whole must not fill the memory with its reasons.
_MOST_SHOWN = 1000


@dataclass(slots=True)
class Summary:
    """What became of an extract's records. `refused` counts all, `refusals` shows the first thousand."""

    new: int = 0
    newer: int = 0
    older: int = 0
    repeated: int = 0
    refused: int = 0
    refusals: list[RefusedRecord] = field(default_factory=list)

    def count(self, line: int, answer: Recorded | Refusal) -> None:
        if isinstance(answer, Refusal):
            self.refuse(RefusedRecord(line, (answer.cause.value,)))
        elif answer.replay or answer.position is Position.REPEATED:
            self.repeated += 1
        elif answer.position is Position.NEW:
            self.new += 1
        elif answer.position is Position.NEWER:
            self.newer += 1
        else:
            self.older += 1

    def refuse(self, refusal: RefusedRecord) -> None:
        self.refused += 1
        if len(self.refusals) < _MOST_SHOWN:
            self.refusals.append(refusal)


async def take(pool: Pool, keys: Keys, blind: Blind, path: Path, on_progress: Callable[[Progress], None] = lambda _: None) -> Summary:
    """Record every record of the extract at `path`; reading it again changes nothing.

    Raises `BrokenExtract` where the form or the total is wrong (nothing is taken then), `OSError` where the file cannot
    be read, and whatever the database raises: what was recorded before stays, and reading again goes on from there.
    """
    summary = Summary()
    for batch in read(path, blind.key("gro event ids"), on_progress):
        arrivals = [Arrival(CLIENT, SourceKind.REGISTER, notification) for _, notification in batch.notifications]
        answers = await record(pool, keys, blind, arrivals) if arrivals else []
        for refusal in batch.refused:
            summary.refuse(refusal)
        for (line, _), answer in zip(batch.notifications, answers, strict=True):
            summary.count(line, answer)
    summary.refusals.sort(key=lambda refusal: refusal.line)
    return summary
