"""One change of each kind as several tellers tell it, in every standing and with every fact: only the first given name differs."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from hub.cases import Arrival
from schemas import BUILT_IN, Fact, SourceKind, Standing

START = datetime(2026, 3, 1, tzinfo=UTC)
# Who tells in which standing. Each is a teller of their own.
TELLERS = {
    Standing.INFORMAL: (("daughter", SourceKind.CITIZEN), ("hospital", SourceKind.HOSPITAL)),
    Standing.CERTIFIED: (("coroner", SourceKind.CORONER),),
    Standing.REGISTERED: (("registrar", SourceKind.REGISTRAR), ("register", SourceKind.REGISTER)),
}
_BORN, _DAY = {"value": "1971-04-07"}, (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
_LOST = {"given": ["Grace"], "family": "Planted"}
# Where the person is, and what else the kind asks for.
_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "bereavement": ("deceased", {}),
    "birth": ("child", {"confinement": {"order": 1}}),
    "stillbirth": ("mother", {"child": {"dateOfStillbirth": {"value": "2026-02-11"}}, "confinement": {"order": 1}}),
    "change-of-address": ("mover", {"movedOn": _DAY, "oldAddress": {"postcode": "SG1 1JG"}, "newAddress": {"postcode": "WD17 1XL"}}),
    "change-of-name": ("person", {"changedOn": _DAY, "formerNames": {"family": "Former"}}),
    "change-of-contact": ("person", {"changedOn": _DAY, "reach": {"telephone": "01632960001"}}),
    "partnership": ("person", {"change": "marriage", "tookPlaceOn": _DAY}),
    "family-bereavement": ("person", {"relationship": "parent", "deceased": {"names": _LOST, "dateOfDeath": {"value": "2026-02-11"}}}),
}
KINDS = sorted(_KINDS)
REGISTERED_KINDS = {"bereavement", "birth", "stillbirth"}  # whose registration number tells one case from another


class Told(NamedTuple):
    """One arrival, as far as it decides what is true."""

    standing: Standing
    fact: Fact
    minute: int
    given: str
    number: str | None


def subject_of(kind: str) -> str:
    return _KINDS[kind][0]


def arrival(kind: str, who: int, told: Told, teller: tuple[str, SourceKind]) -> Arrival:
    """What `teller` says of the person with the number `who`."""
    subject, more = _KINDS[kind]
    person: dict[str, Any] = {"names": {"given": [told.given], "family": f"Planted{who}"}, "dateOfBirth": _BORN, "nino": f"AB{who:06d}C"}
    if subject not in ("mover", "mother"):
        person["usualAddress"] = {"postcode": "SG1 1JG"}
    if kind == "bereavement":
        person["dateOfDeath"] = {"value": "2026-02-11"}
    if kind == "birth":
        more = more | {"mother": {"nino": person.pop("nino")}}
    at = (START + timedelta(minutes=told.minute)).isoformat()
    data = {"standing": told.standing.word, "fact": told.fact.word, "sourceTime": at, subject: person}
    if told.number is not None:
        data["registration"] = {"number": told.number}
    event = {"specversion": "1.0", "id": uuid4().hex, "source": f"urn:{teller[0]}", "type": f"uk.tellusonce.{kind}.v1", "data": data | more}
    return Arrival(teller[0], teller[1], BUILT_IN.parse_object(event))


def true_now(said: list[Told]) -> Told:
    """The rule in other words: the surest standing speaks; of one registration its latest; of several one that was not cancelled."""
    surest = max(one.standing for one in said)
    latest: dict[str | None, tuple[int, int, Told]] = {}
    for order, one in enumerate(said):
        if one.standing is surest:
            key = one.number if surest is Standing.REGISTERED else f"each{order}"
            latest[key] = max(latest.get(key, (-1, -1, one)), (one.minute, order, one))
    stand = [one for one in latest.values() if surest is not Standing.REGISTERED or one[2].fact is not Fact.CANCELLED]
    return max(stand or latest.values())[2]
