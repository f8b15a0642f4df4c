"""Files of events that are JSON or tokens: one in the whole file, or one on each line."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from hub.intake.files.records import Batch, OnProgress, Record, in_batches, told, unseen
from hub.intake.translation import NotTaken
from schemas import Fault, Notification

# Reads one event. Raises `NotTaken`, or `Problem` where it is beyond the limits of every door.
ReadEvent = Callable[[bytes], Notification]


def read_events(path: Path, read_event: ReadEvent, largest: int, on_progress: OnProgress = unseen) -> Iterator[Batch]:
    """The events of a file in batches; each at most `largest` bytes. Raises `OSError` where it cannot be read.

    A file that begins with a line that is a whole event has one on each line; any other is one event, as services write
    them that put each message into a file of its own.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        is_one = size <= largest and not _is_whole(file.readline())
        file.seek(0)
        lines = iter([(1, file.read())]) if is_one else _lines(file, largest)
        records = (Record(file.tell(), line, told(raw, read_event)) for line, raw in lines)
        yield from in_batches(records, size, on_progress)


def _is_whole(line: bytes) -> bool:
    """Whether a line has as many closing brackets as opening ones: a token has none."""
    return line.count(b"{") == line.count(b"}") and line.count(b"[") == line.count(b"]")


def _lines(file: BinaryIO, largest: int) -> Iterator[tuple[int, bytes | NotTaken]]:
    number = 0
    while raw := file.readline(largest + 1):
        number += 1
        if len(raw) > largest:
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(largest)
            yield number, NotTaken(Fault("", "is too large", f"at most {largest} bytes"))
        elif line := raw.strip():
            yield number, line
