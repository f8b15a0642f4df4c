"""A kind of one's own: a life event whose content is described by a JSON Schema, built from the same parts as the others.

The subset taken: objects, arrays, booleans, whole numbers, text (`enum`, `format: date`, `maxLength`), and `$ref` to a part of
`schemas.parts` by its name. Every text and list is limited, whatever the schema leaves out.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, get_type_hints

from pydantic import Field, StringConstraints, create_model

from schemas import parts
from schemas.events.life_event import LifeEvent
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
_MOST_ITEMS, _MOST_TEXT, _MOST_MEMBERS, _DEEPEST = 50, 500, 60, 5
_OF_EVERY_EVENT = frozenset(get_type_hints(LifeEvent)) | {"sourceTime"}


class SchemaFault(Exception):
    """What a schema says that is not taken: the text names the member and what is accepted."""


def own_model(kind: str, schema: Mapping[str, Any]) -> type[LifeEvent]:
    """The model of a kind described by `schema`. Raises `SchemaFault`."""
    if not _KIND.fullmatch(kind):
        raise SchemaFault(f"kind: {kind[:40]!r} is not a name (accepted: small letters, figures and hyphens, such as leaving-care)")
    fields = dict(_fields(schema, "", 0))
    if taken := sorted(fields.keys() & {_snake(name) for name in _OF_EVERY_EVENT}):
        raise SchemaFault(f"properties: {', '.join(taken)}: every event has these already (accepted: other names)")
    name = "".join(word.capitalize() for word in kind.split("-"))
    made = create_model(name, __base__=LifeEvent, __doc__=str(schema.get("description", ""))[:500] or None, **fields)
    made.kind = kind
    return made


def _fields(schema: Mapping[str, Any], at: str, depth: int) -> Iterator[tuple[str, Any]]:
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, Mapping) or not properties:
        raise SchemaFault(f"{at or 'schema'}: is no object with members (accepted: `type: object` and `properties`)")
    if len(properties) > _MOST_MEMBERS or depth > _DEEPEST:
        raise SchemaFault(f"{at or 'schema'}: is too large (accepted: {_MOST_MEMBERS} members, {_DEEPEST} levels)")
    required = schema.get("required", ())
    for name, inner in properties.items():
        path = f"{at}.{name}" if at else str(name)
        if not _NAME.fullmatch(str(name)):
            raise SchemaFault(f"{path}: is not a name (accepted: camelCase, such as leftOn)")
        taken, empty = _type(inner, path, depth)
        if name in required:
            yield _snake(name), (taken, Field(alias=name))
        elif empty is None:
            yield _snake(name), (taken | None, Field(default=None, alias=name))
        else:
            yield _snake(name), (taken, Field(default=empty, alias=name, exclude_if=is_empty))


def _type(schema: Any, path: str, depth: int) -> tuple[Any, tuple[()] | None]:
    """The type, and for a list what stands for none."""
    if not isinstance(schema, Mapping):
        raise SchemaFault(f"{path}: is no schema (accepted: an object with `type` or `$ref`)")
    if "$ref" in schema:
        part = PARTS.get(str(schema["$ref"]).rpartition("/")[2])
        if part is None:
            raise SchemaFault(f"{path}: refers to no part (accepted: {', '.join(sorted(PARTS))})")
        return part, None
    match schema.get("type"):
        case "boolean":
            return bool, None
        case "integer":
            return Annotated[int, Field(ge=schema.get("minimum", 0), le=schema.get("maximum", 1_000_000))], None
        case "string":
            return _text(schema, path), None
        case "array":
            item, _ = _type(schema.get("items"), path, depth + 1)
            several: Any = tuple.__class_getitem__((item, ...))
            return Annotated[several, Field(max_length=min(int(schema.get("maxItems", _MOST_ITEMS)), _MOST_ITEMS))], ()
        case "object":
            fields = dict(_fields(schema, path, depth + 1))
            return create_model("".join(part.capitalize() for part in path.split(".")), __base__=Model, **fields), None
    raise SchemaFault(f"{path}: is of no type that is taken (accepted: boolean, integer, string, array, object, or `$ref` to a part)")


def _text(schema: Mapping[str, Any], path: str) -> Any:
    if "enum" in schema:
        words = [str(word) for word in schema["enum"]][:100]
        if not words or not all(_KIND.fullmatch(word) for word in words):
            raise SchemaFault(f"{path}: has an enum of other than words (accepted: small letters, figures and hyphens)")
        return StrEnum(path.rpartition(".")[2].capitalize(), {word.upper().replace("-", "_"): word for word in words})
    if schema.get("format") == "date":
        return date
    longest = min(int(schema.get("maxLength", 100)), _MOST_TEXT)
    return Annotated[str, StringConstraints(min_length=1, max_length=longest, pattern=PRINTABLE)]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", lambda found: f"_{found[1].lower()}", name)
