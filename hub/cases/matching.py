"""What identifies one case for certain, and what only makes two look alike; both leave here as keyed hashes.

Certain: the registration number, NINO and surname, NINO and birth date, NHS or CHI number and birth date. None of the
numbers alone: they are mistyped, and prove nothing.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from hub.privacy import Blind
from schemas import Bereavement, LifeEvent
from schemas.events import Deceased, RegisterArea, Registration

_FULL_DATE = 10


@dataclass(frozen=True, slots=True)
class Marks:
    """The keys of one notification: `certain` in order of strength, `alike`, and the registration's own."""

    certain: tuple[bytes, ...]
    alike: tuple[bytes, ...]
    registration: bytes | None


def marks_of(event: LifeEvent, blind: Blind) -> Marks:
    """The keys under which a notification is matched with others."""
    death = cast(Bereavement, event)
    kind = death.kind
    number = None if death.registration is None else _register_entry(death.registration)
    registration = None if number is None else blind.key("registration", kind, *number)
    certain = [] if registration is None else [registration]
    certain += [blind.key("identity", kind, *parts) for parts in _identities(death.deceased)]
    alike = [blind.key("likeness", kind, *parts) for parts in _likenesses(death.deceased)]
    return Marks(tuple(dict.fromkeys(certain)), tuple(alike), registration)


def _register_entry(registration: Registration) -> tuple[str, ...] | None:
    if registration.number is None:
        return None
    number = "".join(registration.number.split()).upper()
    area = registration.area or RegisterArea.ENGLAND_AND_WALES
    if area is RegisterArea.SCOTLAND:
        return area.value, plain(registration.district or ""), str(registration.year), number
    return area.value, number


def _identities(who: Deceased) -> Iterator[tuple[str, ...]]:
    born = who.date_of_birth.value if who.date_of_birth is not None else ""
    full = len(born) == _FULL_DATE
    if who.nino:
        if full:
            yield "nino-born", who.nino, born
        if who.names and who.names.family:
            yield "nino-family", who.nino, plain(who.names.family)
    if full and who.nhs_number:
        yield "nhs-born", who.nhs_number, born
    if full and who.chi:
        yield "chi-born", who.chi, born


def _likenesses(who: Deceased) -> Iterator[tuple[str, ...]]:
    """Name and birth date with the date of death, and with the postcode: either agreeing is worth a person's look."""
    names, born = who.names, who.date_of_birth
    if names is None or not names.family or not names.given or born is None:
        return
    name = plain(names.family), plain(names.given[0])
    if who.date_of_death is not None:
        yield "died", *name, born.value, who.date_of_death.value
    if who.usual_address is not None and who.usual_address.postcode:
        yield "lived", *name, born.value, who.usual_address.postcode


def plain(name: str) -> str:
    """A name without accents, case, spaces and punctuation: `O’Brien-Müller` → `obrienmuller`."""
    if name.isascii():
        return "".join(filter(str.isalnum, name.lower()))
    spelt = unicodedata.normalize("NFKD", name.casefold())
    return "".join(filter(str.isalnum, spelt))
