"""The cases that follow from a case: one for each person its kind says something follows for, told by the hub itself.

They are recorded before the case is planned, so that no crash can lose one: a place for each person is kept in the ledger
first, then what is told of them goes the way of any notification, under an id made of that place and the case's version.
Doing it again records nothing again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import orjson
from pydantic import ValidationError

from hub.cases import Arrival, own_client, words_of
from hub.kinds import Follow, Kind, Kinds, at
from hub.planning.case import Content, FirstHand
from hub.privacy import Blind
from schemas import Fact, SourceKind, event_type, highest_standing

# By any of these the same person is known again, the surest first: by less than a number only who differs in nothing surer. A
# father and a son may share their names, and twins a name and a birth date.
_SIGNS = (
    ("nino",),
    ("nhsNumber",),
    ("chi",),
    ("names.given", "dateOfBirth.value"),
    ("names.given", "names.family"),
)
_NUMBERS, _NAMES = 3, len(_SIGNS) - 1
# Of several given names: nobody is known by these alone, and who differs in them is another.
_ALL_GIVEN = _NAMES + 2
OVER = b""
_CARRIED = ("standing", "sourceTime", "protected", "identity")


@dataclass(frozen=True, slots=True)
class Place:
    """A person for whom something follows from a case. `said` stands for what was told of them last: `OVER` once that was
    taken back, None while it is not known to be recorded; `is_within`: what was told of them is of the leading case itself."""

    mark: bytes
    kind: str
    person: frozenset[bytes]
    said: bytes | None
    is_within: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody named in a case, and what is to be told of them."""

    kind: str
    person: frozenset[bytes]
    data: Content = field(repr=False)


@dataclass(frozen=True, slots=True)
class Saying:
    """What the hub is to tell itself, if anything: `said` is kept once that is recorded."""

    place: Place
    arrival: Arrival | None = field(repr=False)
    said: bytes


def wanted_of(kind: Kind, told: FirstHand, kinds: Kinds, blind: Blind) -> list[Wanted]:
    """Everybody for whom something follows from a case of `kind` as others than the hub told it; not whom it is about itself:
    of them it would only say again what it says."""
    if told.content.get("fact") != Fact.ASSERTED.word:
        return []
    found: list[Wanted] = []
    for follow in kind.follows:
        members = _members(follow, told.content)
        own = _person(at(told.content, kind.subject) or {}, blind) if members and follow.kind == kind.name else frozenset()
        for member in members:
            subject = kinds[follow.kind].subject
            data = {"fact": Fact.ASSERTED.word, **_content(follow, told.content, member)}
            person = _person(at(data, subject) or {}, blind)
            if _is_surely_same(person, own):
                continue
            # Two tellers may name the same person: the surer word of them is the first.
            if not any(one.kind == follow.kind and _is_same(one.person, person) for one in found):
                found.append(Wanted(follow.kind, person, data))
    return found


def match(wanted: Sequence[Wanted], places: Sequence[Place]) -> list[Place]:
    """The place of each: their own where they were named before, else a new one. The surest signs go first."""
    free = list(places)
    found: dict[int, Place] = {}
    for sign in range(_NAMES + 2):
        for number, one in enumerate(wanted):
            if number in found:
                continue
            known = next((place for place in free if place.kind == one.kind and _is_same(one.person, place.person, sign)), None)
            if known is not None:
                free.remove(known)
                found[number] = replace(known, person=known.person | one.person)
    return [found.get(number) or Place(uuid4().bytes, one.kind, one.person, None) for number, one in enumerate(wanted)]


def telling(version: int, source_kind: str | None, place: Place, data: Content, source: str, kinds: Kinds, blind: Blind) -> Saying | None:
    """What is told of one person under a version of the case that they follow from; None where it cannot be said, or not by a
    client of such a kind."""
    event = {"specversion": "1.0", "id": f"{UUID(bytes=place.mark)}-{version}", "source": source}
    kind = SourceKind(source_kind or SourceKind.CITIZEN)
    try:
        # Not held to today's date: it is told as it was told the hub.
        notification = kinds.notifications.decode(orjson.dumps(event | {"type": event_type(place.kind), "data": data}))
    except ValidationError:
        return None
    if notification.data.standing > highest_standing(kind):
        return None
    said = said_of(data, blind) if notification.data.fact is Fact.ASSERTED else OVER
    return Saying(place, Arrival(own_client(kind), kind, notification, mark=place.mark), said)


def said_of(data: Content, blind: Blind) -> bytes:
    """Stands for what is told of somebody, whenever it was said."""
    return blind.key("follower", orjson.dumps({name: value for name, value in data.items() if name != "sourceTime"}))


def ending(told: Content, earlier: Sequence[Content]) -> dict[str, Any]:
    """That what was told of somebody is over: the case's own end, or that they are not named in it any more.

    It says who by what was told last, and outdoes what they said themselves only where they had confirmed it before.
    """
    last = dict(earlier[-1])
    if any(one.get("confirmed") is not False for one in earlier):
        last.pop("confirmed", None)
    fact = told.get("fact")
    last |= {name: told[name] for name in ("standing", "sourceTime") if name in told}
    return last | {"fact": Fact.CANCELLED.word if fact == Fact.ASSERTED.word else fact}


def _members(follow: Follow, content: Content) -> list[Content]:
    """Whoever is named at `each`, and for whom all of `when` is true."""
    found = at(content, follow.each)
    some = found if isinstance(found, list) else [found] if found else []
    return [one for one in some if all(_at(follow, path, content, one) is True for path in follow.when)]


def _content(follow: Follow, content: Content, member: Content) -> dict[str, Any]:
    data: dict[str, Any] = {name: content[name] for name in _CARRIED if name in content}
    if follow.confirmed is not None:
        data["confirmed"] = _at(follow, follow.confirmed, content, member) is True
    for path, source in follow.content.items():
        value = _at(follow, source, content, member)
        if value is not None:
            *above, last = path.split(".")
            part = data
            for name in above:
                part = part.setdefault(name, {})
            part[last] = value
    return data


def _at(follow: Follow, path: str, content: Content, member: Content) -> Any:
    if path == follow.each:
        return member
    if path.startswith(f"{follow.each}."):
        return at(member, path.removeprefix(f"{follow.each}."))
    return at(content, path)


def _person(person: Mapping[str, Any], blind: Blind) -> frozenset[bytes]:
    """By what somebody is known again: a key for each sign there is of them, with its number before it."""
    said = [words_of(person, paths) for paths in _SIGNS]
    keys = [bytes([sign]) + blind.key("relative", *words) for sign, words in enumerate(said) if words is not None]
    given = at(person, "names.given")
    if isinstance(given, list) and len(given) > 1:
        keys.append(bytes([_ALL_GIVEN]) + blind.key("relative", " ".join(given).casefold()))
    return frozenset([*keys, bytes([_NAMES + 1]) + blind.key("relative", orjson.dumps(person))])


def _is_same(one: frozenset[bytes], other: frozenset[bytes], sign: int | None = None) -> bool:
    """Whether two are one person, by `sign` or by the surest sign that they share."""
    for shared in sorted(key[0] for key in one & other if key[0] != _ALL_GIVEN):
        if sign is None or shared == sign:
            return not _contradict(one, other, shared)
    return False


def _is_surely_same(one: frozenset[bytes], other: frozenset[bytes]) -> bool:
    """Whether they share more than names."""
    return any(key[0] < _NAMES and not _contradict(one, other, key[0]) for key in one & other)


def _contradict(one: frozenset[bytes], other: frozenset[bytes], shared: int) -> bool:
    """Whether both have a sign surer than the one they share, and not the same. A shared number nothing contradicts."""
    if shared < _NUMBERS:
        return False
    surer = [{key[0] for key in keys if key[0] < shared or key[0] == _ALL_GIVEN} for keys in (one, other)]
    return not surer[0] & surer[1] <= {key[0] for key in one & other}
