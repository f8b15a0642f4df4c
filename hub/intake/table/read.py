"""A table as notifications: its head is compared with the map, then each row is one record, or refused by its line."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from hub.intake.files import Batch, BrokenFile, OnProgress, Record, in_batches, told, unseen
from hub.intake.table.cells import values_of
from hub.intake.table.column_map import ColumnMap
from hub.intake.table.rows import rows
from hub.intake.table.targets import target
from hub.intake.translation import NotTaken, notification, said
from hub.kinds import Kinds
from hub.privacy import Blind
from schemas import Fault, Notification, event_type


def read(path: Path, columns: ColumnMap, kinds: Kinds, blind: Blind, on_progress: OnProgress = unseen) -> Iterator[Batch]:
    """The table's rows in batches, by a map of one of `kinds`; `blind` makes the events' ids opaque.

    Raises `BrokenFile` before the first batch where its head is not the map's, and `OSError` where it cannot be read.
    """
    with path.open("rb") as file:
        found = rows(file, columns.encoding, columns.delimiter)
        table = _Table(columns, kinds, _head(found, columns), blind.key("table event ids"))
        records = (Record(file.tell(), line, told(cells, table.notification)) for line, cells in found)
        yield from in_batches(records, path.stat().st_size, on_progress)


def _head(found: Iterator[tuple[int, list[str] | NotTaken]], columns: ColumnMap) -> Sequence[str]:
    line, head = next(found, (1, []))
    if isinstance(head, NotTaken):
        raise BrokenFile(f"its first line {head}", line)
    names = [cell.strip() for cell in head]
    # Only names of the map are repeated: where there is no head, the first line is about a person.
    for name in columns.columns:
        if names.count(name) != 1:
            fault = "has no column" if name not in names else "has more than one column"
            raise BrokenFile(f'its first line {fault} "{name}", which the map speaks of', line)
    return names


class _Table:
    """How the rows of one table become notifications."""

    def __init__(self, columns: ColumnMap, kinds: Kinds, head: Sequence[str], id_key: bytes) -> None:
        self._map = columns
        self._read_by = kinds.notifications
        event = kinds.model(columns.kind)
        self._width = len(head)
        self._places = {name: head.index(name) for name in columns.columns}
        fields = {name: target(event, column.field) for name, column in columns.columns.items()}
        self._targets = {name: found for name, found in fields.items() if found}
        self._constants = [(found, _plain(value)) for path, value in columns.constants.items() if (found := target(event, path))]
        self._names = {path: f"constants.{path}" for path in columns.constants}
        self._names |= {column.field: name for name, column in reversed(columns.columns.items())}
        self._zone = ZoneInfo(columns.zone)
        self._id_key = id_key

    def notification(self, cells: Sequence[str]) -> Notification:
        """Raises `NotTaken`."""
        if len(cells) != self._width:
            raise NotTaken(Fault("", f"has {len(cells)} cells", f"{self._width}, as the first line has"))
        by_name = {name: cells[place].strip() for name, place in self._places.items()}
        data: dict[str, Any] = {}
        for found, constants in self._constants:
            found.put(data, constants)
        for name, cell in by_name.items():
            if cell and cell not in self._map.empty and (values := values_of(name, self._map.columns[name], cell, self._zone)):
                self._targets[name].put(data, values)
        data = said(data)
        event = {"specversion": "1.0", "source": self._map.source, "type": event_type(self._map.kind), "data": data}
        return notification({**event, "id": self._id(by_name, data)}, self._names, self._read_by)

    def _id(self, cells: dict[str, str], data: dict[str, Any]) -> str:
        """The same at every reading. Keyed, since what tells records apart may be a name."""
        for name in self._map.id:
            if not cells[name]:
                raise NotTaken(Fault(name, "is empty", "a value, since the record's id is made of it"))
        what: Any = [cells[name] for name in self._map.id] or data
        raw = orjson.dumps([self._map.kind, self._map.source, what], option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(raw, key=self._id_key, digest_size=16, person=b"table event").hexdigest()


def _plain(value: Any) -> list[Any]:
    values = value if isinstance(value, tuple) else (value,)
    return [one.isoformat() if isinstance(one, date | datetime) else one for one in values]
