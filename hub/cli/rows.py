"""Rows of CSV written to a file of one's own as they are found."""

import csv
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hub.cli.faults import Plain

Row = tuple[str | int, ...]
WriteRow = Callable[[Row], object]


@contextmanager
def written(path: Path | None, heading: Row) -> Iterator[WriteRow]:
    """What writes rows, if there is to be a file. One that is there is not written over, and none is made where all is refused."""
    if path is None:
        yield lambda _: None
        return
    if path.exists():
        raise Plain(f"{path} is there already. Name another file.")
    with ExitStack() as opened:
        rows: list[WriteRow] = []

        def write(row: Row) -> None:
            if not rows:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                file = opened.enter_context(os.fdopen(descriptor, "w", newline="", encoding="utf-8"))
                rows.append(csv.writer(file).writerow)
                rows[0](heading)
            rows[0](row)

        yield write
