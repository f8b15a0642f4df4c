"""The rows of a CSV file, one by one, however hostile the file: a row that cannot be read is refused, and the next one read."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from hub.intake.translation import NotTaken
from schemas import Fault

_LONGEST_LINE = 64 * 1024  # bytes
# Of one row, whose cells may have line ends in quotes. A quote that is never closed takes so many and no more.
_MOST_LINES = 50
_BOM = "\ufeff"


class _BadLine(Exception):
    """A line that cannot be read. `args`: what is wrong with it, and what is accepted."""


class _Lines:
    """A file's lines as text. Those of the row being read are kept, so that reading can begin again behind its first."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._encoding = encoding
        self._number = 0
        self._row: list[tuple[int, str | _BadLine]] = []
        self._pending: list[tuple[int, str | _BadLine]] = []

    @property
    def started(self) -> int:
        """The line on which the row begins."""
        return self._row[0][0] if self._row else self._number

    def begin(self) -> None:
        self._row = []

    def again(self) -> None:
        """Have the lines behind the row's first read once more: each may be a sound row of its own."""
        self._pending = self._row[1:] + self._pending

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._row) == _MOST_LINES:
            raise _BadLine(f"has a quoted cell of more than {_MOST_LINES} lines", "a quote at the end of each that begins with one")
        number, line = self._pending.pop(0) if self._pending else self._read()
        self._row.append((number, line))
        if isinstance(line, _BadLine):
            raise line
        return line

    def _read(self) -> tuple[int, str | _BadLine]:
        raw = self._file.readline(_LONGEST_LINE + 1)
        if not raw:
            raise StopIteration
        self._number += 1
        if len(raw) > _LONGEST_LINE:
            while raw and not raw.endswith(b"\n"):
                raw = self._file.readline(_LONGEST_LINE)
            return self._number, _BadLine("is too long", f"lines of at most {_LONGEST_LINE // 1024} KiB")
        try:
            line = raw.decode(self._encoding)
        except UnicodeDecodeError:
            return self._number, _BadLine(f"is not in {self._encoding}", "the encoding that the map names")
        if "\0" in line:
            return self._number, _BadLine("has a NUL character", "text")
        return self._number, line.removeprefix(_BOM) if self._number == 1 else line


def rows(file: BinaryIO, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str] | NotTaken]]:
    """Each row that is not blank with the line it begins on: its cells, or why it cannot be read."""
    lines = _Lines(file, encoding)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _BadLine as bad:
            yield lines.started, NotTaken(Fault("", *bad.args))
            lines.again()
        except csv.Error:
            yield lines.started, NotTaken(Fault("", "is not a row of CSV", "cells with quotes doubled within quotes (RFC 4180)"))
            lines.again()
        else:
            if any(cells):
                yield lines.started, cells
