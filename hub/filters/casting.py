"""One value as another type, as CESQL 1.0 casts (section 3.7); None where it cannot be."""

import re
from collections.abc import Mapping

from hub.filters.event import Value

_WHOLE = re.compile(r"[+-]?[0-9]{1,10}")
_WORDS: Mapping[str, bool] = {"true": True, "false": False}


def as_type_of(value: Value, other: Value) -> Value | None:
    """`value` as the type that `other` has."""
    if isinstance(other, bool):
        return as_boolean(value)
    return as_integer(value) if isinstance(other, int) else as_string(value)


def as_boolean(value: Value) -> bool | None:
    return _WORDS.get(value.lower()) if isinstance(value, str) else bool(value)


def as_integer(value: Value) -> int | None:
    if isinstance(value, str):
        return int(value) if _WHOLE.fullmatch(value) else None
    return int(value)


def as_string(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
