"""Two passes over one file: the first checks its form and its total, the second takes its records.

The total stands at the end of an extract, so nothing is taken before all of it has been seen once. Both passes read
the same open file: one replaced in between is not read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import ValidationError

from hub.intake.gro.elements import BrokenExtract, elements
from hub.intake.gro.record import NotTaken, notification_of
from schemas import Notification, faults

__all__ = ["Batch", "BrokenExtract", "Progress", "RefusedRecord", "read"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass has come, in bytes of `size` and in records."""

    doing: Literal["checking", "taking"]
    read: int
    size: int
    records: int


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record that was not taken: the line it begins on, and why. Nothing of its content."""

    line: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records in the file's order, each with its line, and those refused among them."""

    notifications: tuple[tuple[int, Notification], ...]
    refused: tuple[RefusedRecord, ...]


def read(path: Path, id_key: bytes, on_progress: Callable[[Progress], None] = lambda _: None, batch: int = 200) -> Iterator[Batch]:
    """The extract's records in batches of `batch`. `id_key` (16 to 64 bytes) makes the events' ids opaque.

    Raises `BrokenExtract` before the first batch where the form or the total is wrong, and `OSError` where the file
    cannot be read.
    """
    with path.open("rb") as file:
        total = _check(file, path.stat().st_size, on_progress)
        file.seek(0)
        yield from _take(file, id_key, total, on_progress, batch)


def _check(file: BinaryIO, size: int, on_progress: Callable[[Progress], None]) -> Progress:
    done = Progress("checking", 0, size, 0)
    on_progress(done)
    for records, (position, _, _) in enumerate(elements(file), 1):
        if position != done.read:
            on_progress(done)
        done = Progress("checking", position, size, records)
    done = Progress("checking", size, size, done.records)
    on_progress(done)
    return done


def _take(file: BinaryIO, id_key: bytes, total: Progress, on_progress: Callable[[Progress], None], batch: int) -> Iterator[Batch]:
    taken: list[tuple[int, Notification]] = []
    refused: list[RefusedRecord] = []
    for records, (position, line, node) in enumerate(elements(file), 1):
        try:
            taken.append((line, notification_of(node, id_key)))
        except NotTaken as error:
            refused.append(RefusedRecord(line, (str(error),)))
        except ValidationError as error:
            refused.append(
                RefusedRecord(line, tuple(f"{fault.field}: {fault.fault}; accepted: {fault.accepted}" for fault in faults(error)))
            )
        if records % batch == 0 or records == total.records:
            yield Batch(tuple(taken), tuple(refused))
            taken, refused = [], []
            on_progress(Progress("taking", position, total.size, records))
