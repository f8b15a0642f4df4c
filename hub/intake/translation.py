"""From what others send to the hub's words: what every reader of a format needs, and how it says what it cannot take."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from schemas import BUILT_IN, Fault, Notification, Notifications, faults
from schemas.parts import normal_postcode

_NOTHING: tuple[Any, ...] = (None, "", [], {})

# Where the hub's fields come from in a format: a dotted path, or its beginning, and what stands there in the sender's words.
Names = Mapping[str, str]


class NotTaken(Exception):
    """A record that is not taken, and why, in the sender's words: fields and what is accepted, no value from it."""

    def __init__(self, *found: Fault) -> None:
        super().__init__("; ".join(map(sentence, found)))
        self.faults = found


def sentence(fault: Fault) -> str:
    """`field: what is wrong; accepted: what would be right`, as far as there is something to say."""
    said = f"{fault.field}: {fault.fault}" if fault.field else fault.fault
    return f"{said}; accepted: {fault.accepted}" if fault.accepted else said


def notification(event: Mapping[str, Any], names: Names | None = None, read_by: Notifications = BUILT_IN) -> Notification:
    """The notification of an event in the hub's words. Raises `NotTaken`, with the fields under the names they have in `names`."""
    try:
        return read_by.parse_object(dict(event))
    except ValidationError as error:
        found = (Fault(_named(fault.field, names or {}), fault.fault, fault.accepted) for fault in faults(error, read_by))
        raise NotTaken(*dict.fromkeys(found)) from None


def _named(field: str, names: Names) -> str:
    """The sender's word for a field, or for the nearest above it; the hub's own where there is none."""
    path = ".".join(step for step in field.removeprefix("data.").split(".") if not step.isdigit())
    above = path
    while above:
        if above in names:
            return names[above]
        above = above.rpartition(".")[0]
    return field


def said(value: Any) -> Any:
    """Without what was not said: empty members are the same as none."""
    if isinstance(value, list):
        return [inner for item in value if (inner := said(item)) not in _NOTHING]
    if isinstance(value, dict):
        return {key: inner for key, item in value.items() if (inner := said(item)) not in _NOTHING}
    return value


def address(lines: Iterable[str], postcode: str, country: str = "") -> dict[str, Any]:
    """An address. A postcode that is no British one becomes a line: kept as it was written, and no reason to refuse an event."""
    if postcode and normal_postcode(postcode) is None:
        lines, postcode = [*lines, postcode], ""
    return {"lines": [line for line in lines if line], "postcode": postcode, "country": country}
