"""The event as a filter sees it: its attributes, and with `data.` what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Value = str | int | bool


class Lack(Enum):
    """`MISSING`: the event has nothing there. `MANY`: there is a group or a list, which is not one value."""

    MISSING = "missing"
    MANY = "many"


@dataclass(frozen=True, slots=True)
class Event:
    """`data` is what the recipient would read, and nothing else of the case."""

    attributes: Mapping[str, Value]
    data: Mapping[str, Any] = field(repr=False)

    def attribute(self, name: str) -> Value | Lack:
        return self.attributes.get(name, Lack.MISSING)

    def at(self, path: tuple[str, ...]) -> Value | Lack:
        """What lies at a path; what lies beneath a list, in any of its members, is many."""
        return _at(self.data, path)


def _at(value: Any, path: tuple[str, ...]) -> Value | Lack:
    for number, name in enumerate(path):
        if isinstance(value, list):
            some = any(_at(member, path[number:]) is not Lack.MISSING for member in value)
            return Lack.MANY if some else Lack.MISSING
        if not isinstance(value, Mapping) or name not in value:
            return Lack.MISSING
        value = value[name]
    if value is None or value in ([], {}):
        return Lack.MISSING
    return value if isinstance(value, str | int) else Lack.MANY
