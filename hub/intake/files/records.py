"""What a format reads a file to: records, each a notification or why it is none, in batches."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

from hub.intake.translation import NotTaken, sentence
from hub.observe import log
from hub.problems import Problem
from schemas import Fault, Notification

T = TypeVar("T")

# A transaction's worth.
_BATCH = 200
_DEFECT = Fault("", "could not be read, by a mistake of the hub's that is in its log", "the same record, once that is mended")


class BrokenFile(Exception):
    """The file as a whole is not what it should be; nothing is taken from it. Its text is a sentence, with no value from the file."""

    def __init__(self, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence if line is None else f"{sentence} (line {line})")
        self.line = line


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass has come, in bytes of `size` and in records."""

    doing: Literal["checking", "taking"]
    read: int
    size: int
    records: int


OnProgress = Callable[[Progress], None]


def unseen(_: Progress) -> None:
    """Nobody looks."""


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that was not taken: the line it begins on, and why. Nothing of its content."""

    line: int
    faults: tuple[Fault, ...]

    @property
    def sentence(self) -> str:
        return "; ".join(map(sentence, self.faults))


@dataclass(frozen=True, slots=True)
class Record:
    """One record: how many bytes were read with it, the line it begins on, and what it tells or why it is not taken."""

    position: int
    line: int
    told: Notification | NotTaken


def told(raw: T | NotTaken, read: Callable[[T], Notification]) -> Notification | NotTaken:
    """What `read` makes of a record, or why it is not taken: `raw` says so where its own form is wrong.

    `read` raises `NotTaken`, or `Problem` where a record is beyond the limits of every door. What else it raises is a mistake
    of ours: it is logged, and costs the file one record.
    """
    if isinstance(raw, NotTaken):
        return raw
    try:
        return read(raw)
    except NotTaken as refused:
        return refused
    except Problem as problem:
        return NotTaken(*problem.faults)
    except Exception as error:
        log.error("intake.defect", exc_info=error)
        return NotTaken(_DEFECT)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records in the file's order, each with its line, and those refused among them."""

    notifications: tuple[tuple[int, Notification], ...]
    refused: tuple[RefusedRecord, ...]


def in_batches(records: Iterable[Record], size: int, on_progress: OnProgress = unseen) -> Iterator[Batch]:
    """The records of a file of `size` bytes in batches; progress is told after each, and at the end."""
    some: list[Record] = []
    count = 0
    for count, record in enumerate(records, 1):
        some.append(record)
        if len(some) == _BATCH:
            yield _batch(some)
            some = []
            on_progress(Progress("taking", record.position, size, count))
    if some:
        yield _batch(some)
    on_progress(Progress("taking", size, size, count))


def _batch(records: list[Record]) -> Batch:
    return Batch(
        tuple((one.line, one.told) for one in records if isinstance(one.told, Notification)),
        tuple(RefusedRecord(one.line, one.told.faults) for one in records if isinstance(one.told, NotTaken)),
    )
