"""People of one family, what is told of them, and a register in which each kind has somebody for everything."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hub.cases import Arrival
from hub.recipients import Organisation
from schemas import SourceKind
from schemas.days import today
from schemas.notification import BUILT_IN
from tests.planning.conftest import Hub
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


BEN, CAL = person("Ben", "1982-01-01"), person("Cal", "2015-05-05")


async def theirs(hub: Hub, case: UUID) -> list[UUID]:
    """The cases that follow from one, planned."""
    rows = await hub.run(
        "SELECT b.case_id FROM follower f JOIN blind_key b ON b.key = f.mark WHERE f.of_case = %s ORDER BY f.recorded_at, f.mark", case
    )
    cases = [row[0] for row in rows]
    await hub.plan(*cases)
    return cases


async def of(hub: Hub, case: UUID, given: str) -> UUID:
    """The one of them that is about somebody of this name."""
    for one in await theirs(hub, case):
        (row,) = await hub.run("SELECT effective, data_key, sealed FROM case_version v JOIN cases c ON c.id = v.case_id "
                               "WHERE c.id = %s AND v.version = c.newest", one)  # fmt: skip
        keys = await hub.keys.get([row[1]])
        if f'"{given}"'.encode() in keys[row[1]].open(row[2], f"case:{one}:{await newest(hub, one)}".encode()):
            return one
    raise LookupError(given)


async def newest(hub: Hub, case: UUID) -> int:
    ((version,),) = await hub.run("SELECT newest FROM cases WHERE id = %s", case)
    return int(version)


def member(who: Mapping[str, Any], *, confirmed: bool = True, **more: Any) -> dict[str, Any]:
    return {"person": who, "confirmed": confirmed, **more}


def relative(who: Mapping[str, Any], relationship: str = "spouse", *, tell: bool = True) -> dict[str, Any]:
    return {"person": who, "relationship": relationship, "tell": tell}


def dead(**more: Any) -> dict[str, Any]:
    return person("Eve", "1931-04-07", dateOfDeath={"value": "2026-02-11"}, **more)


async def two_clients(hub: Hub) -> None:
    """A portal's and a registrar's: what the hub says itself counts as much as what they said."""
    for client, kind in (("family", "citizen"), ("registrar", "registrar")):
        await hub.run("INSERT INTO client (id, name, source_kind, key_hash) VALUES (%s, %s, %s, %s)", client, client, kind, client.encode())
