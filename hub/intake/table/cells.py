"""What a cell says, by what the map says of its column."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.intake.table.column_map import Column
from hub.intake.translation import NotTaken
from schemas import Fault

# What a spreadsheet takes for a formula when somebody opens what the hub has passed on. Numbers and "+44 …" are none.
_FORMULA = re.compile(r"[=@]|[+-](?![0-9 ()./-]*$)")


def values_of(name: str, column: Column, cell: str, zone: ZoneInfo) -> Sequence[Any]:
    """The value in a cell that is not empty, or several where it is split. Raises `NotTaken`, under the column's name."""
    _refuse_formulas(name, (cell,))
    if column.name:
        person = _person(cell, column.name)
        _refuse_formulas(name, (person["family"], *person["given"]))
        return [person]
    parts = [part.strip() for part in cell.split(column.split)] if column.split else [cell]
    _refuse_formulas(name, parts)
    return [_value(name, column, part, zone) for part in parts if part]


def _refuse_formulas(name: str, texts: Iterable[str]) -> None:
    """Of a cell, and of each part of it that becomes a value of its own."""
    if any(map(_FORMULA.match, texts)):
        raise NotTaken(Fault(name, "begins as a formula does", "text that does not begin with =, @, + or -, whole or in parts"))


def _value(name: str, column: Column, text: str, zone: ZoneInfo) -> str:
    if column.values is not None:
        if text not in column.values:
            raise NotTaken(Fault(name, "is not among the values of the map", ", ".join(column.values)))
        return column.values[text]
    return _date(name, column.date, text, zone) if column.date else text


def _date(name: str, ways: Sequence[str], text: str, zone: ZoneInfo) -> str:
    """A time, a day, a month or a year: as much as the way it is written says."""
    for way in ways:
        try:
            at = datetime.strptime(text, way)  # noqa: DTZ007 - a day has no zone, and a time gets one below
            if any(part in way for part in ("%H", "%I")):
                return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            continue
        day = at.date().isoformat()
        return day if "%d" in way else day[:7] if any(part in way for part in ("%m", "%b", "%B")) else day[:4]
    raise NotTaken(Fault(name, "is not a date as the map says it is written", ", or ".join(ways)))


def _person(text: str, order: str) -> dict[str, Any]:
    """A whole name in one cell. Of several words the one where the family name stands is it; one alone is a family name."""
    if order == "family, given":
        family, _, given = text.partition(",")
        return {"family": family.strip(), "given": given.split()}
    words = text.split()
    family = words.pop(0 if order == "family given" else -1)
    return {"family": family, "given": words}
