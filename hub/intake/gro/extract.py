"""Two passes over one file: the first checks its form and its total, the second takes its records.

The total stands at the end of an extract, so nothing is taken before all of it has been seen once. Both passes read
the same open file: one replaced in between is not read.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from hub.intake import files
from hub.intake.files import Batch, OnProgress, Progress, Record, Summary, told, unseen
from hub.intake.gro.elements import elements
from hub.intake.gro.record import notification_of
from hub.privacy import Blind, Keys
from hub.store import Pool
from schemas import SourceKind

CLIENT = "gro"


def read(path: Path, blind: Blind, on_progress: OnProgress = unseen) -> Iterator[Batch]:
    """The extract's records in batches; `blind` makes the events' ids opaque.

    Raises `BrokenExtract` before the first batch where the form or the total is wrong, and `OSError` where the file
    cannot be read.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        _check(file, size, on_progress)
        file.seek(0)
        read_one = partial(notification_of, id_key=blind.key("gro event ids"))
        records = (Record(position, line, told(node, read_one)) for position, line, node in elements(file))
        yield from files.in_batches(records, size, on_progress)


async def take(pool: Pool, keys: Keys, blind: Blind, path: Path, on_progress: OnProgress = unseen) -> Summary:
    """Record every record of the extract at `path` as the register's; reading it again changes nothing.

    Raises what `read` and `hub.intake.files.take` raise.
    """
    tell = files.recorder(pool, keys, blind, CLIENT, SourceKind.REGISTER)
    return await files.take(read(path, blind, on_progress), tell)


def _check(file: BinaryIO, size: int, on_progress: OnProgress) -> None:
    done = Progress("checking", 0, size, 0)
    on_progress(done)
    for records, (position, _, _) in enumerate(elements(file), 1):
        if position != done.read:
            on_progress(done)
        done = Progress("checking", position, size, records)
    on_progress(Progress("checking", size, size, done.records))
