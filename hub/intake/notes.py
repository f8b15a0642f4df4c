"""What a teller may have meant otherwise: taken as told, and said in the answer, so that a slip can be corrected."""

from collections.abc import Iterator

from hub.cases import Position
from hub.kinds import Kind, said
from hub.places import Reason, Unplaced, locate
from hub.policy import explain
from schemas import Fact, LifeEvent
from schemas.days import today

_BORN, _DIED = "dateOfBirth.value", "dateOfDeath.value"
_TAKES_NOTHING_BACK = (
    "No case was found that this takes back, so nobody is told of it now. If you told us of it before, send this again "
    "with another id, and in `corrects` the id of what you told us then."
)


def notes(event: LifeEvent, kind: Kind, position: Position) -> list[dict[str, str]]:
    """`field` (a dotted path) and `note` (a sentence) of each; nothing of what was told."""
    found = [*_found(event, kind), *_met_nothing(event, position)]
    return [{"field": f"data.{field}", "note": note} for field, note in found]


def _met_nothing(event: LifeEvent, position: Position) -> Iterator[tuple[str, str]]:
    if event.fact is not Fact.ASSERTED and position is Position.NEW:
        yield "fact", _TAKES_NOTHING_BACK


def _found(event: LifeEvent, kind: Kind) -> Iterator[tuple[str, str]]:
    born, died = (said(event, f"{kind.subject}.{day}") or "" for day in (_BORN, _DIED))
    known = min(len(born), len(died))
    if known and born[:known] > died[:known]:  # registers hold such deaths: refused they would reach nobody
        yield f"{kind.subject}.{_BORN}", "The birth lies after the death. It is taken as told."
    for address in (address for where in kind.places for address in where.address):
        country, postcode = (said(event, f"{address}.{part}") for part in ("country", "postcode"))
        place = locate({"country": country, "postcode": postcode}, today()) if country or postcode else None
        if isinstance(place, Unplaced) and place.reason is Reason.COUNTRY_UNCLEAR:
            yield f"{address}.country", f"{explain(place.reason)} No council is chosen by it."
        elif isinstance(place, Unplaced) and postcode:
            yield f"{address}.postcode", f"{explain(place.reason)} No council is chosen by it."
