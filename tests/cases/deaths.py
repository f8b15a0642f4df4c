"""Deaths to tell of, as clients would: every call a person of their own unless fields say otherwise."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.cases import Arrival
from schemas import BUILT_IN, SourceKind

START = datetime(2026, 3, 1, tzinfo=UTC)
_numbers = itertools.count(100_000)


def event(number: int | None = None, *, minute: int = 0, **fields: Any) -> dict[str, Any]:
    """A structured CloudEvent. `number` tells people apart, `minute` is the source's time; fields replace those of `data`."""
    who = next(_numbers) if number is None else number
    data: dict[str, Any] = {
        "standing": "registered",
        "fact": "asserted",
        "sourceTime": (START + timedelta(minutes=minute)).isoformat(),
        "registration": {"number": f"{who:09d}"},
        "deceased": {
            "names": {"given": ["Ada", "Jane"], "family": f"Planted{who}"},
            "dateOfBirth": {"value": "1931-04-07"},
            "dateOfDeath": {"value": "2026-02-11"},
            "usualAddress": {"lines": ["1 High Street"], "postcode": "SG1 1AA"},
            "nino": f"AB{who:06d}C",
        },
    } | fields
    return {
        "specversion": "1.0",
        "type": "uk.tellusonce.bereavement.v1",
        "source": "urn:example:registrars",
        "id": f"event-{next(_numbers)}",
        "data": {name: value for name, value in data.items() if value is not None},
    }


def death(
    number: int | None = None,
    *,
    client: str = "registrar",
    source_kind: SourceKind = SourceKind.REGISTER,
    key: str | None = None,
    minute: int = 0,
    **fields: Any,
) -> Arrival:
    """An arrival made of `event`."""
    return Arrival(client, source_kind, BUILT_IN.parse_object(event(number, minute=minute, **fields)), key)


def informal(number: int, *, client: str = "family", **fields: Any) -> Arrival:
    """What a relative tells of the same person: no registration number, less sure."""
    fields = {"standing": "informal", "registration": None} | fields
    return death(number, client=client, source_kind=SourceKind.CITIZEN, **fields)
