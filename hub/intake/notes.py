"""What a teller may have meant otherwise: taken as told, and said in the answer, so that a slip can be corrected."""

from collections.abc import Iterator
from datetime import UTC, datetime

from hub.places import Unplaced, find
from hub.policy import explain
from schemas import Bereavement, LifeEvent


def notes(event: LifeEvent) -> list[dict[str, str]]:
    """`field` (a dotted path) and `note` (a sentence) of each; nothing of what was told."""
    found = _on_death(event) if isinstance(event, Bereavement) else ()
    return [{"field": f"data.deceased.{field}", "note": note} for field, note in found]


def _on_death(event: Bereavement) -> Iterator[tuple[str, str]]:
    who = event.deceased
    if who.date_of_birth is not None and who.date_of_death is not None:
        born, died = who.date_of_birth.value, who.date_of_death.value
        known = min(len(born), len(died))
        if born[:known] > died[:known]:  # registers hold such deaths: refused they would reach nobody
            yield "dateOfBirth.value", "The birth lies after the death. It is taken as told."
    if who.usual_address is not None and who.usual_address.postcode:
        place = find(who.usual_address.postcode, datetime.now(UTC).date())
        if isinstance(place, Unplaced):
            yield "usualAddress.postcode", f"{explain(place.reason)} No council is chosen by it."
