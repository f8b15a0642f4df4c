"""Writes events down for a back office that has nothing better yet: JSON lines, or a table."""

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

_COLUMNS = ("id", "type", "subject", "caseversion", "time")

Write = Callable[[Mapping[str, Any]], None]


def writer(output: Path) -> Write:
    """A function that appends an event to `output`, on disk when it returns. `.csv`: a row an item of its data."""
    line = _rows if output.suffix == ".csv" else _json_line

    def write(event: Mapping[str, Any]) -> None:
        with output.open("a", newline="", encoding="utf-8") as file:
            line(file, event)
            file.flush()
            os.fsync(file.fileno())

    return write


def _json_line(file: Any, event: Mapping[str, Any]) -> None:
    file.write(orjson.dumps(event).decode() + "\n")


def _rows(file: Any, event: Mapping[str, Any]) -> None:
    """Agreements differ in their fields, so a row is one field: no column is ever missing or moved."""
    rows = csv.writer(file)
    if file.tell() == 0:
        rows.writerow((*_COLUMNS, "field", "value"))
    for field, value in _leaves(event.get("data") or {}):
        rows.writerow((*(event.get(column, "") for column in _COLUMNS), field, _harmless(str(value))))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _leaves(inner, f"{path}.{number}")
    else:
        yield path, value


def _harmless(text: str) -> str:
    """A spreadsheet takes some beginnings for a formula (OWASP, CSV injection)."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
