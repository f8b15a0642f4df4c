"""What a schema of one's own may say where it is newly read: no more than its model holds tellers to.

A word that is not taken is refused, and so is a limit above the hub's: whoever wrote it relies on it.
"""

from collections.abc import Mapping
from typing import Any

from schemas.own import LEAST_NUMBER, MOST_ITEMS, MOST_NUMBER, MOST_TEXT, SchemaFault, own_model

_MOST_IN_ALL = 300
_ANNOTATIONS = frozenset({"title", "description", "$comment"})
_OF_THE_WHOLE = frozenset({"$schema", "$id"})
_TAKEN: Mapping[str, tuple[str, ...]] = {
    "object": ("type", "properties", "required", "additionalProperties"),
    "array": ("type", "items", "maxItems"),
    "integer": ("type", "minimum", "maximum"),
    "boolean": ("type",),
}


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raises `SchemaFault` where it describes no kind, or says more than is held to."""
    if _members(schema) > _MOST_IN_ALL:
        raise SchemaFault("schema", "is too large", f"{_MOST_IN_ALL} members in all its objects")
    own_model("of-its-own", schema)
    _check({word: said for word, said in schema.items() if word not in _OF_THE_WHOLE}, "")


def _members(schema: Any) -> int:
    """How many there are at every depth, counted without going down: it may be deeper than can be gone."""
    count, left = 0, [schema]
    while left and count <= _MOST_IN_ALL:
        part = left.pop()
        if isinstance(part, Mapping):
            inner = part.get("properties")
            members = list(inner.values()) if isinstance(inner, Mapping) else []
            count += len(members)
            left += [*members, part.get("items")]
    return count


def _check(schema: Mapping[str, Any], path: str) -> None:
    """One part of a schema, and those below it, all of a form that `own_model` reads."""
    taken, where = _taken(schema), path or "schema"
    for word in schema:
        if word not in taken and word not in _ANNOTATIONS:
            raise SchemaFault(where, f"says {str(word)[:40]}, which is not taken there", ", ".join(taken))
    if schema.get("format", "date") != "date":
        raise SchemaFault(where, "has a format that is not taken", "date")
    if schema.get("additionalProperties", False) is not False:
        raise SchemaFault(where, "takes additionalProperties", "false, or nothing: an event has what its schema names")
    for word, most in (("maxItems", MOST_ITEMS), ("maxLength", MOST_TEXT)):
        if schema.get(word, most) > most:
            raise SchemaFault(where, f"has a {word} that is none", f"a whole number from 1 to {most}")
    if schema.get("minimum", LEAST_NUMBER) > schema.get("maximum", MOST_NUMBER):
        raise SchemaFault(where, "has a minimum above its maximum", "one that leaves a number")
    for name, inner in schema.get("properties", {}).items():
        _check(inner, f"{path}.{name}" if path else name)
    if "items" in schema:
        _check(schema["items"], path)


def _taken(schema: Mapping[str, Any]) -> tuple[str, ...]:
    """The words that are taken beside those of a schema that decide what it is."""
    if "$ref" in schema:
        return ("$ref",)
    if schema["type"] != "string":
        return _TAKEN[schema["type"]]
    return next((("type", word) for word in ("enum", "format") if word in schema), ("type", "maxLength", "enum", "format"))
