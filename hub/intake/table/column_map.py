"""The map of a table's columns: a YAML file, checked before anything is read by it."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hub.intake.table.targets import Target, target
from hub.kinds import Kinds
from hub.recipients import Document, in_file_words, read_document
from hub.recipients import Fault as MapFault
from schemas import LifeEvent
from schemas.parts import PersonName
from schemas.words import pattern, wire_fields

__all__ = ["Column", "ColumnMap", "MapFault", "read_map"]

Scalar = str | int | bool | date | datetime
_URI = pattern(r"^[!-~]+$", "a URI, in visible ASCII characters")
_A_FIELD = "a path of the kind's published schema, such as deceased.names.family"
_DATE_PARTS = {"%Y", "%m", "%d", "%H", "%M", "%S", "%b", "%B", "%f", "%z", "%p", "%I"}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Column(_Part):
    """What a column is: the field it goes to, and how its cells are written.

    `date`: one way or several, tried in order, after which dates are written (`%d/%m/%Y`; `%m/%Y` where the day is not
    known). `split`: what stands between several values in one cell. `values`: what its words mean. `name`: how a person's
    whole name stands in one cell.
    """

    field: str
    date: tuple[str, ...] = ()
    split: str | None = Field(None, min_length=1, max_length=5)
    values: dict[str, str] | None = None
    name: Literal["given family", "family given", "family, given"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"field": value}
        if isinstance(value, dict) and isinstance(value.get("date"), str):
            return {**value, "date": (value["date"],)}
        return value


class ColumnMap(_Part):
    """What a table is of, how it is written, and what its columns are.

    `id`: the columns whose cells together tell one record from every other, and one version of it from the next; without
    it the whole content does.
    """

    kind: str
    source: Annotated[str, Field(min_length=1, max_length=300, pattern=_URI)]
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    zone: Literal["Europe/London", "UTC"] = "Europe/London"
    id: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    constants: dict[str, Scalar | tuple[Scalar, ...]] = {}
    columns: Annotated[dict[str, Column], Field(min_length=1, max_length=200)]


def read_map(path: Path, kinds: Kinds) -> ColumnMap | list[MapFault]:
    """The map in a file, of one of `kinds`, or all its faults with their lines."""
    document = read_document(path)
    if isinstance(document, MapFault):
        return [document]
    try:
        columns = ColumnMap.model_validate(document.value)
    except ValidationError as error:
        return [_of_form(document, item) for item in error.errors(include_url=False, include_input=False)[:50]]
    if columns.kind not in kinds:
        return [document.fault(("kind",), "is not a kind the hub knows", ", ".join(kinds))]
    return list(_faults(document, columns, kinds.model(columns.kind))) or columns


def _of_form(document: Document, item: Any) -> MapFault:
    path: tuple[Any, ...] = ()
    for step in item["loc"]:  # pydantic names the branch of a union it tried; the file has no such part
        path = (*path, step) if (*path, step) in document.lines else path
    return document.fault(item["loc"] if item["type"] == "missing" else path, *in_file_words(item, ColumnMap))


def _faults(document: Document, columns: ColumnMap, event: type[LifeEvent]) -> Iterator[MapFault]:
    filled: set[str] = set()
    for path in columns.constants:
        found = target(event, path)
        if found is None or found.model is not None:
            yield document.fault(("constants", path), "is no field of this kind that holds a value", _A_FIELD)
        filled.add(path)
    for name, column in columns.columns.items():
        for fault, accepted in _of_column(column, target(event, column.field), column.field in filled):
            yield document.fault(("columns", name), fault, accepted)
        filled.add(column.field)
    for name in columns.id:
        if name not in columns.columns:
            yield document.fault(("id",), "names a column that is not mapped", "names of `columns`")
    for needed, field in wire_fields(event).items():
        if field.is_required() and not any(path.split(".")[0] == needed for path in filled):
            yield document.fault(
                ("columns",), f"leave out {needed}", f"a column or a constant for {needed}, without which nothing is taken"
            )


def _of_column(column: Column, found: Target | None, is_filled: bool) -> Iterator[tuple[str, str]]:
    if found is None:
        yield "is for no field of this kind", _A_FIELD
        return
    if column.name and found.model is not PersonName:
        yield "is a name for a field that is none", "`name` for names, such as deceased.names"
    elif not column.name and found.model is not None:
        yield "is for a field that holds further ones", "one of those, or `name` for a person's names"
    if column.split and not found.is_list:
        yield "is split for a field that holds one value", "`split` for fields that hold several"
    if is_filled and not found.is_list:
        yield "is for a field that is filled already", "one column or constant for each field"
    if sum(map(bool, (column.date, column.values, column.name))) > 1:
        yield "is read in two ways", "one of `date`, `values` and `name`"
    for written in column.date:
        parts = {written[at : at + 2] for at in range(len(written)) if written[at] == "%"}
        if "%Y" not in parts or parts - _DATE_PARTS:
            yield "has a date that is not unambiguous", "the year as %Y, with " + ", ".join(sorted(_DATE_PARTS - {"%Y"}))
