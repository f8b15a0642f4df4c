"""What a teller may have meant otherwise: taken as told, and said in the answer, so that a slip can be corrected."""

from collections.abc import Iterator

from hub.kinds import Kind, said
from hub.places import Reason, Unplaced, locate
from hub.policy import explain
from schemas import LifeEvent
from schemas.days import today

_BORN, _DIED = "dateOfBirth.value", "dateOfDeath.value"


def notes(event: LifeEvent, kind: Kind) -> list[dict[str, str]]:
    """`field` (a dotted path) and `note` (a sentence) of each; nothing of what was told."""
    return [{"field": f"data.{field}", "note": note} for field, note in _found(event, kind)]


def _found(event: LifeEvent, kind: Kind) -> Iterator[tuple[str, str]]:
    born, died = (said(event, f"{kind.subject}.{day}") or "" for day in (_BORN, _DIED))
    known = min(len(born), len(died))
    if known and born[:known] > died[:known]:  # registers hold such deaths: refused they would reach nobody
        yield f"{kind.subject}.{_BORN}", "The birth lies after the death. It is taken as told."
    for address in (address for where in kind.places for address in where.address):
        country, postcode = (said(event, f"{address}.{part}") for part in ("country", "postcode"))
        place = locate({"country": country, "postcode": postcode}, today())
        if isinstance(place, Unplaced) and place.reason is Reason.COUNTRY_UNCLEAR:
            yield f"{address}.country", f"{explain(place.reason)} No council is chosen by it."
        elif isinstance(place, Unplaced) and postcode:
            yield f"{address}.postcode", f"{explain(place.reason)} No council is chosen by it."
