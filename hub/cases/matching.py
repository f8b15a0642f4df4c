"""What identifies one case for certain, and what only makes two look alike; both leave here as keyed hashes.

Which fields do, the kind says: a registration number, NINO with surname or birth date, NHS or CHI number with birth date.
None of the numbers alone: they are mistyped, and prove nothing. Keys that tie cases of any kind are made here as well: they
make no case of two.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from hub.kinds import Kind, Matching, Role, at, said
from hub.privacy import Blind
from schemas import LifeEvent
from schemas.parts import RegisterArea, Registration

_FULL_DATE = 10
_DATE = ".value"
_GIVEN = ".names.given"
# How the path of what says who somebody is ends. Days of a change, its sort and its order say which one it is: they are corrected.
_WHO = (_GIVEN, ".names.family", ".dateOfBirth.value", ".nino", ".chi", "number", "Number")
_NUMBER = ".number"


@dataclass(frozen=True, slots=True)
class Marks:
    """The keys of one notification: `certain` in order of strength, `alike`, the registration's own, and `ties`."""

    certain: tuple[bytes, ...]
    alike: tuple[bytes, ...]
    registration: bytes | None
    ties: Mapping[bytes, Role]


def marks_of(event: LifeEvent, kind: Kind, blind: Blind) -> Marks:
    """The keys under which a notification is matched with others."""
    rules = _compiled(kind)
    number = None if rules.registration is None else _register_entry(said(event, rules.registration))
    registration = None if number is None else blind.key("registration", kind.name, *number)
    certain = [] if registration is None else [registration]
    words = {path: _text(said(event, path), path) for path in rules.paths}
    for label, paths, days in rules.identities:
        key = [words[path] for path in paths]
        if _is_whole(key, days):
            certain.append(blind.key("identity", kind.name, label, *key))
    alike = [
        blind.key("likeness", kind.name, label, *key) for label, paths in rules.likenesses if all(key := [words[path] for path in paths])
    ]
    return Marks(tuple(dict.fromkeys(certain)), tuple(alike), registration, _tied(rules, words, blind))


def ties_of(content: Mapping[str, Any], kind: Kind, blind: Blind) -> Mapping[bytes, Role]:
    """The keys that tie a case with others, of its content as it was stored."""
    rules = _compiled(kind)
    return _tied(rules, {path: _text(at(content, path), path) for _, _, paths, _ in rules.ties for path in paths}, blind)


def words_of(content: Mapping[str, Any], paths: Sequence[str]) -> tuple[str, ...] | None:
    """What is said at `paths`, in one spelling; None unless all of it is said."""
    words = tuple(_text(at(content, path), path) for path in paths)
    return words if _is_whole(words, _days(paths)) else None


def contradicts(kind: Kind, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two contents are of different people: by a name, number or birth date that identifies one, or a given name, where both
    say it. An initial, or a date that is not full, contradicts nothing that begins with it."""
    rules = _compiled(kind)
    entries = ((_entry_at(one, path), _entry_at(other, path)) for path in rules.entries)
    if any(entry and known and entry != known for entry, known in entries):
        return True
    return any(_differ(_text(at(one, path), path), _text(at(other, path), path), path) for path in rules.who)


def _differ(word: str, known: str, path: str) -> bool:
    if not word or not known:
        return False
    if path.endswith((_GIVEN, _DATE)):
        return not word.startswith(known) and not known.startswith(word)
    return word != known


def _days(paths: Sequence[str]) -> tuple[int, ...]:
    """Which of them are dates."""
    return tuple(number for number, path in enumerate(paths) if path.endswith(_DATE))


def _is_whole(words: Sequence[str], days: Sequence[int]) -> bool:
    """Whether there is a word for every path, and each date is a full one."""
    if not all(words):
        return False
    for day in days:  # noqa: SIM110 - asked of every notification: a generator costs more than all of this
        if len(words[day]) != _FULL_DATE:
            return False
    return True


def _tied(rules: "_Rules", words: Mapping[str, str], blind: Blind) -> Mapping[bytes, Role]:
    found: dict[bytes, Role] = {}
    for name, role, paths, days in rules.ties:
        key = [words[path] for path in paths]
        if _is_whole(key, days):
            found.setdefault(blind.key("tie", name, *key), role)
    return found


@dataclass(frozen=True, slots=True)
class _Rules:
    """A kind's rules of matching, ready for use: every path once, and the paths of each key after its label, with which of
    them are dates. `who` and `entries` (of registers) are the paths that say whom it is about."""

    registration: str | None
    paths: tuple[str, ...]
    identities: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...]
    likenesses: tuple[tuple[str, tuple[str, ...]], ...]
    ties: tuple[tuple[str, Role, tuple[str, ...], tuple[int, ...]], ...]
    who: tuple[str, ...]
    entries: tuple[str, ...]


@lru_cache(maxsize=256)
def _compiled(kind: Kind) -> _Rules:
    rules = kind.matching
    repeats = () if rules.repeats is None else (rules.repeats,)
    identities = tuple((" ".join(paths), (*paths, *repeats), _days((*paths, *repeats))) for paths in rules.identities if paths)
    likenesses = tuple((" ".join(paths), paths) for paths in rules.likenesses if paths)
    ties = tuple((tie.name, tie.role, tie.of, _days(tie.of)) for tie in kind.ties)
    every = [*(paths for _, paths, _ in identities), *(paths for _, paths in likenesses), *(tie.of for tie in kind.ties)]
    paths = dict.fromkeys(path for some in every for path in some)
    who, entries = _persons(rules)
    return _Rules(rules.registration, tuple(paths), identities, likenesses, ties, who, entries)


def _persons(rules: Matching) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paths that say who somebody is, and those of entries in registers, whose numbers are nothing alone."""
    named = {path for paths in rules.identities for path in paths if path.endswith(_WHO)}
    named |= {path for paths in rules.likenesses for path in paths if path.endswith(_GIVEN)}
    numbers = {path for path in named if path.endswith(f"registration{_NUMBER}")}
    entries = {path.removesuffix(_NUMBER) for path in numbers} | ({rules.registration} if rules.registration else set())
    return tuple(sorted(named - numbers)), tuple(sorted(entries))


def _register_entry(registration: Registration | None) -> tuple[str, ...] | None:
    if registration is None:
        return None
    return _entry(registration.number, registration.area, registration.district, registration.year)


def _entry_at(content: Mapping[str, Any], path: str) -> tuple[str, ...] | None:
    number, area, district, year = (at(content, f"{path}.{name}") for name in ("number", "area", "district", "year"))
    return _entry(number, area, district, year)


def _entry(number: str | None, area: str | None, district: str | None, year: int | None) -> tuple[str, ...] | None:
    """What an entry in a register is known by: in Scotland by its district and year too."""
    if number is None:
        return None
    number, area = "".join(number.split()).upper(), str(area or RegisterArea.ENGLAND_AND_WALES)
    return (area, plain(district or ""), str(year), number) if area == RegisterArea.SCOTLAND else (area, number)


def _text(value: Any, path: str) -> str:
    """What is said, in one spelling; of several the first. Empty where nothing is said."""
    if isinstance(value, tuple | list):
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
