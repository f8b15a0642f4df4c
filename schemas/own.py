"""A kind of one's own: a life event whose content is described by a JSON Schema, built from the same parts as the others.

The subset taken: objects, arrays, booleans, whole numbers, text (`enum`, `format: date`, `maxLength`), and `$ref` to a part of
`schemas.parts` by its name. Every text and list is limited, whatever the schema says or leaves out. Words that are not taken are
passed over here, as stored registers have some: what is newly read is held to `schemas.own_words`.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, get_type_hints

from pydantic import Field, StringConstraints, create_model
from pydantic.alias_generators import to_snake

from schemas import parts
from schemas.events.life_event import LifeEvent
from schemas.faults import Fault
from schemas.words import PRINTABLE, Line, Model, Prose, ShortLine, is_empty

# What a schema may refer to, by name: the parts every kind is made of.
PARTS: Mapping[str, Any] = {
    **{name: getattr(parts, name) for name in parts.__all__ if name[0].isupper()},
    "Line": Line,
    "Prose": Prose,
    "ShortLine": ShortLine,
}
_KIND = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_NAME = re.compile(r"[a-z][A-Za-z0-9]{0,39}")
MOST_ITEMS, MOST_TEXT, LEAST_NUMBER, MOST_NUMBER = 50, 500, 0, 1_000_000
_MOST_MEMBERS, _MOST_WORDS, _DEEPEST = 60, 100, 5
_LARGEST = 2**53  # of what every reader of JSON can count with


class SchemaFault(Exception):
    """What a schema says that is not taken."""

    def __init__(self, member: str, fault: str, accepted: str) -> None:
        super().__init__(f"{member}: {fault} (accepted: {accepted})")
        self.fault = Fault(member, fault, accepted)


def own_model(kind: str, schema: Mapping[str, Any]) -> type[LifeEvent]:
    """The model of a kind described by `schema`. Raises `SchemaFault`."""
    if not _KIND.fullmatch(kind):
        raise SchemaFault("kind", f"{kind[:40]!r} is not a name", "small letters, figures and hyphens, such as leaving-care")
    fields = _fields(schema, "", 0, LifeEvent)
    name = "".join(word.capitalize() for word in kind.split("-"))
    made = create_model(name, __base__=LifeEvent, __doc__=str(schema.get("description", ""))[:500] or None, **fields)
    made.kind = kind
    return made


def _fields(schema: Mapping[str, Any], at: str, depth: int, base: type[Model]) -> dict[str, Any]:
    """The members of an object, by their names in Python as `to_snake` makes them for whoever reads a path."""
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, Mapping) or not properties:
        raise SchemaFault(at or "schema", "is no object with members", "`type: object` and `properties`")
    if len(properties) > _MOST_MEMBERS:
        raise SchemaFault(at or "schema", "is too large", f"{_MOST_MEMBERS} members")
    required = schema.get("required", [])
    if not isinstance(required, list) or any(not isinstance(name, str) or name not in properties for name in required):
        raise SchemaFault(at or "schema", "requires what it does not have", "a list of its members")
    fields: dict[str, Any] = {}
    taken = get_type_hints(base).keys()
    for name, inner in properties.items():
        path = f"{at}.{name}" if at else str(name)
        if not _NAME.fullmatch(str(name)):
            raise SchemaFault(path, "is not a name", "camelCase, such as leftOn")
        snake = to_snake(name)
        if snake in fields or snake in taken or hasattr(base, snake):
            raise SchemaFault(path, "is taken: every event has it, or another member is written almost so", "another name")
        fields[snake] = _field(name, inner, path, depth, is_required=name in required)
    return fields


def _field(name: str, schema: Any, path: str, depth: int, *, is_required: bool) -> Any:
    taken, empty = _type(schema, path, depth)
    if is_required:
        return taken, Field(alias=name)
    if empty is None:
        return taken | None, Field(default=None, alias=name)
    return taken, Field(default=empty, alias=name, exclude_if=is_empty)


def _type(schema: Any, path: str, depth: int) -> tuple[Any, tuple[()] | None]:
    """The type, and for a list what stands for none."""
    if not isinstance(schema, Mapping):
        raise SchemaFault(path, "is no schema", "an object with `type` or `$ref`")
    if depth > _DEEPEST:
        raise SchemaFault(path.partition(".")[0], "is too deep", f"{_DEEPEST} levels")
    if "$ref" in schema:
        part = PARTS.get(str(schema["$ref"]).rpartition("/")[2])
        if part is None:
            raise SchemaFault(path, "refers to no part", ", ".join(sorted(PARTS)))
        return part, None
    match schema.get("type"):
        case "boolean":
            return bool, None
        case "integer":
            least, most = _whole(schema, "minimum", LEAST_NUMBER, -_LARGEST, path), _whole(schema, "maximum", MOST_NUMBER, -_LARGEST, path)
            return Annotated[int, Field(ge=least, le=most)], None
        case "string":
            return _text(schema, path), None
        case "array":
            item, _ = _type(schema.get("items"), path, depth + 1)
            several: Any = tuple.__class_getitem__((item, ...))
            return Annotated[several, Field(max_length=_whole(schema, "maxItems", MOST_ITEMS, 1, path, MOST_ITEMS))], ()
        case "object":
            fields = _fields(schema, path, depth + 1, Model)
            return create_model("".join(part.capitalize() for part in path.split(".")), __base__=Model, **fields), None
    raise SchemaFault(path, "is of no type that is taken", "boolean, integer, string, array, object, or `$ref` to a part")


def _text(schema: Mapping[str, Any], path: str) -> Any:
    if "enum" in schema:
        words = schema["enum"]
        if not isinstance(words, list) or not 1 <= len(words) <= _MOST_WORDS or not all(_KIND.fullmatch(str(word)) for word in words):
            raise SchemaFault(path, "has an enum of other than words", f"{_MOST_WORDS}, in small letters, figures and hyphens")
        return StrEnum(path.rpartition(".")[2].capitalize(), {str(word).upper().replace("-", "_"): str(word) for word in words})
    if schema.get("format") == "date":
        return date
    longest = _whole(schema, "maxLength", 100, 1, path, MOST_TEXT)
    return Annotated[str, StringConstraints(min_length=1, max_length=longest, pattern=PRINTABLE)]


def _whole(schema: Mapping[str, Any], word: str, otherwise: int, least: int, path: str, most: int = _LARGEST) -> int:
    """The number that a schema says, at most `most`."""
    number = schema.get(word, otherwise)
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= _LARGEST:
        raise SchemaFault(path, f"has a {word} that is none", f"a whole number from {least} to {most}")
    return min(number, most)
