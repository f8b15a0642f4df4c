"""An invented birth and an invented move, with what the family chose, and what a move will be for whom."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hub.cli.demo.people import LIVERPOOL, STEVENAGE, Event, Home, event, invent_name
from hub.kinds import Part
from hub.places import Place, find
from hub.recipients import Recipient, Register
from schemas.days import today

# Whom the families of the demo do not want told. Of everybody else who is told by choice they say yes.
_NOT_WANTED = frozenset({"stevenage.housing", "liverpool.libraries"})
_WORDING = "Shall we tell them for you?"
_NEXT_WEEK = timedelta(days=7)


def birth(register: Register) -> Event:
    """A birth in Stevenage, as a registrar tells it."""
    chance = random.SystemRandom()
    given, family = invent_name()
    born = today() - timedelta(days=chance.randint(3, 20))
    mother = _person(invent_name()[0], family, born - timedelta(days=chance.randint(7_000, 14_000)))
    return event(
        "birth",
        "registered",
        registration={"number": str(chance.randint(100_000_000, 999_999_999)), "area": "england-and-wales"},
        child=_person(given, family, born) | {"usualAddress": STEVENAGE.address},
        mother=mother | {"usualAddress": STEVENAGE.address},
        choices=_choices(register, "birth", (STEVENAGE,), today()),
    )


def move(register: Register) -> Event:
    """A move from Stevenage to Liverpool next week, as the mover tells a contact centre."""
    chance = random.SystemRandom()
    day = today()
    return event(
        "change-of-address",
        "informal",
        mover=_person(*invent_name(), day - timedelta(days=chance.randint(7_000, 20_000))),
        identity="medium",
        movedOn=(day + _NEXT_WEEK).isoformat(),
        oldAddress=STEVENAGE.address,
        newAddress=LIVERPOOL.address,
        choices=_choices(register, "change-of-address", (STEVENAGE, LIVERPOOL), day + _NEXT_WEEK),
    )


def part_for(recipient: Recipient, old: str, new: str, on: date) -> Part:
    """What a move between two postcodes is for somebody it concerns."""
    leaves, arrives = (_serves(recipient, postcode, on) for postcode in (old, new))
    return Part.UPDATE if leaves == arrives else Part.END if leaves else Part.START


def _serves(recipient: Recipient, postcode: str, on: date) -> bool:
    codes = _codes(postcode, on)
    return recipient.places is None or any(one.code in codes and one.is_running(on) for one in recipient.places)


def _codes(postcode: str, on: date) -> Sequence[str]:
    place = find(postcode, on)
    return place.codes if isinstance(place, Place) else ()


def _choices(register: Register, kind: str, homes: Sequence[Home], on: date) -> list[dict[str, Any]]:
    codes = [code for home in homes for code in _codes(home.postcode, on)]
    asking = [one.id for one in register.concerned(kind, codes, on) if any(a.asks == "choice" for a in register.agreements(one.id, kind))]
    return [{"recipient": id_, "tell": id_ not in _NOT_WANTED, "wording": _WORDING} for id_ in asking]


def _person(given: str, family: str, born: date) -> dict[str, Any]:
    return {"names": {"given": [given], "family": family}, "dateOfBirth": {"value": born.isoformat()}}
