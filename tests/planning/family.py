"""People of one family, what is told of them, and a register in which each kind has somebody for everything."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.cases import Arrival
from hub.recipients import Organisation
from schemas import SourceKind
from schemas.days import today
from schemas.notification import BUILT_IN
from tests.planning.paper import organisation

START = datetime(2026, 3, 1, tzinfo=UTC)
TODAY = today()
_numbers = itertools.count(1)

SG1, WD17 = {"lines": ["1 High Street"], "postcode": "SG1 1JG"}, {"lines": ["2 Low Street"], "postcode": "WD17 1XL"}


def person(given: str, born: str = "1980-04-07", family: str = "Planted", **more: Any) -> dict[str, Any]:
    return {"names": {"given": [given], "family": family}, "dateOfBirth": {"value": born}, **more}


def told(
    kind: str,
    client: str = "family",
    source_kind: SourceKind = SourceKind.CITIZEN,
    *,
    minute: int = 0,
    id_: str | None = None,
    corrects: str | None = None,
    **data: Any,
) -> Arrival:
    """One notification, informal unless it says otherwise."""
    said = {"standing": "informal", "fact": "asserted", "sourceTime": (START + timedelta(minutes=minute)).isoformat()} | data
    event = {
        "specversion": "1.0", "id": id_ or f"event-{next(_numbers)}", "source": f"urn:example:{client}", "type": f"uk.tellusonce.{kind}.v1",
        "data": {name: value for name, value in said.items() if value is not None},
    } | ({} if corrects is None else {"corrects": corrects})  # fmt: skip
    return Arrival(client, source_kind, BUILT_IN.parse_object(event))


def registered(kind: str, number: str | None = None, client: str = "registrar", **data: Any) -> Arrival:
    registration = {"registration": {"number": number}} if number else {}
    return told(kind, client, SourceKind.REGISTRAR, **{"standing": "registered", **registration, **data})


def move(mover: dict[str, Any], *household: dict[str, Any], **more: Any) -> Arrival:
    return told(
        "change-of-address",
        **{"mover": mover, "movedOn": TODAY.isoformat(), "oldAddress": SG1, "newAddress": WD17, "household": list(household), **more},
    )


def services(kind: str, fields: Sequence[str], **nature: str) -> list[Organisation]:
    """Services everywhere for one kind, each with an agreement of the nature given for it."""
    return [organisation(f"{kind}-{name}", "everywhere", kind, {"team": fields}, nature=of) for name, of in nature.items()]
