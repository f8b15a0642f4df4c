"""What identifies one case for certain, and what only makes two look alike; both leave here as keyed hashes.

Which fields do, the kind says: a registration number, NINO with surname or birth date, NHS or CHI number with birth date.
None of the numbers alone: they are mistyped, and prove nothing.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from hub.kinds import Kind, Matching, said
from hub.privacy import Blind
from schemas import LifeEvent
from schemas.parts import RegisterArea, Registration

_FULL_DATE = 10
_DATE = ".value"


@dataclass(frozen=True, slots=True)
class Marks:
    """The keys of one notification: `certain` in order of strength, `alike`, and the registration's own."""

    certain: tuple[bytes, ...]
    alike: tuple[bytes, ...]
    registration: bytes | None


def marks_of(event: LifeEvent, kind: Kind, blind: Blind) -> Marks:
    """The keys under which a notification is matched with others."""
    rules = _compiled(kind.matching)
    number = None if rules.registration is None else _register_entry(said(event, rules.registration))
    registration = None if number is None else blind.key("registration", kind.name, *number)
    certain = [] if registration is None else [registration]
    words = {path: _text(said(event, path), path) for path in rules.paths}
    for label, paths in rules.identities:
        key = [words[path] for path in paths]
        # A date in an identity is a whole one.
        if all(key) and all(len(key[at]) == _FULL_DATE for at, path in enumerate(paths) if path.endswith(_DATE)):
            certain.append(blind.key("identity", kind.name, label, *key))
    alike = [
        blind.key("likeness", kind.name, label, *key) for label, paths in rules.likenesses if all(key := [words[path] for path in paths])
    ]
    return Marks(tuple(dict.fromkeys(certain)), tuple(alike), registration)


@dataclass(frozen=True, slots=True)
class _Rules:
    """A kind's rules of matching, ready for use: every path once, and the paths of each key after its label."""

    registration: str | None
    paths: tuple[str, ...]
    identities: tuple[tuple[str, tuple[str, ...]], ...]
    likenesses: tuple[tuple[str, tuple[str, ...]], ...]


@lru_cache(maxsize=256)
def _compiled(rules: Matching) -> _Rules:
    repeats = () if rules.repeats is None else (rules.repeats,)
    identities = tuple((" ".join(paths), (*paths, *repeats)) for paths in rules.identities)
    likenesses = tuple((" ".join(paths), paths) for paths in rules.likenesses)
    paths = dict.fromkeys(path for _, some in (*identities, *likenesses) for path in some)
    return _Rules(rules.registration, tuple(paths), identities, likenesses)


def _register_entry(registration: Registration | None) -> tuple[str, ...] | None:
    if registration is None or registration.number is None:
        return None
    number = "".join(registration.number.split()).upper()
    area = registration.area or RegisterArea.ENGLAND_AND_WALES
    if area is RegisterArea.SCOTLAND:
        return area.value, plain(registration.district or ""), str(registration.year), number
    return area.value, number


def _text(value: Any, path: str) -> str:
    """What is said, in one spelling; of several the first. Empty where nothing is said."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    said = str(value)
    return said if path.endswith(_DATE) else plain(said)


def plain(name: str) -> str:
    """A name without accents, case, spaces and punctuation: `O’Brien-Müller` → `obrienmuller`."""
    if name.isascii():
        return "".join(filter(str.isalnum, name.lower()))
    spelt = unicodedata.normalize("NFKD", name.casefold())
    return "".join(filter(str.isalnum, spelt))
