"""What one register changes against another: agreements, recipients, organisations, kinds and the controller, member by member."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from hub.kinds import Kinds
from hub.recipients.entries import Agreement
from hub.recipients.register import Register

What = Literal["agreement", "recipient", "organisation", "kind", "controller"]
Members = Mapping[str, Any]

_GONE = {
    "agreement": "nothing is told under it any more",
    "recipient": "it is told nothing any more",
    "organisation": "none of its services is told anything any more",
    "kind": "it cannot be told any more",
    "controller": "retractions name nobody",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`key` is the dotted path of a member as the file spells it, empty where the whole came or went; `before` and `after` are as
    JSON has them. Of a kind they are what holds: of one built in, the entry of the folder over it."""

    what: What
    name: str
    change: Literal["added", "gone", "changed", "follows"]
    key: str = ""
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        whole = self.name if self.what == "agreement" else f"{self.what} {self.name}".strip()
        if self.change == "added":
            return f"{whole} is new"
        if self.change == "gone":
            return f"{whole} is gone: {_GONE[self.what]}"
        if self.change == "follows" and not self.key:
            return f"{whole} is new, and follows {self.before}"
        return f"{whole}: {_in_words(self.key, self.before, self.after)}"


def differences(before: Register, after: Register) -> list[Difference]:
    """All of them, agreements first. A new version of an agreement is compared with the newest that was there before it.

    What changes under the same id and version is the change of what was signed: give it a version of its own.
    """
    found = _between_agreements(_by_name(before), _by_name(after))
    old, new = _others(before), _others(after)
    for what in old:
        found += _between(what, old[what], new[what])
    return found


def _by_name(register: Register) -> Mapping[str, Agreement]:
    return {one.name: one for some in register.agreed.values() for one in some}


def _others(register: Register) -> dict[What, Mapping[str, Members]]:
    """What is compared by name alone, as JSON has it."""
    return {
        "recipient": {one.id: _members(one.entry, "service") for one in register.recipients.values()},
        "organisation": {one.organisation: _members(one, "organisation", "services", "agreements") for one in register.organisations},
        "kind": _kinds(register.kinds),
        "controller": {} if register.controller is None else {"": _members(register.controller)},
    }


def _kinds(kinds: Kinds) -> Mapping[str, Members]:
    schemas = {str(one.entry["kind"]): one.schema for one in kinds.own}
    return {name: {**_members(kinds[name], "name"), "schema": schemas.get(name)} for name in kinds}


def _members(entry: Any, *left_out: str) -> Members:
    dumped: Members = entry.model_dump(mode="json", by_alias=True, exclude=set(left_out))
    return dumped


def _between_agreements(old: Mapping[str, Agreement], new: Mapping[str, Agreement]) -> list[Difference]:
    found: list[Difference] = []
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            found.append(Difference("agreement", name, "gone"))
        elif name in old:
            found += _changed_agreement(name, "changed", old[name], new[name])
        else:
            found += _added(name, new[name], old)
    return found


def _added(name: str, one: Agreement, old: Mapping[str, Agreement]) -> Iterator[Difference]:
    known = [other for other in old.values() if other.id == one.id and other.version < one.version]
    if not known:
        yield Difference("agreement", name, "added")
        return
    last = max(known, key=lambda other: other.version)
    yield Difference("agreement", name, "follows", before=last.name)
    yield from _changed_agreement(name, "follows", last, one)


def _changed_agreement(name: str, change: Literal["changed", "follows"], before: Agreement, after: Agreement) -> Iterator[Difference]:
    old, new = (_members(one, "id", "version") for one in (before, after))
    return (Difference("agreement", name, change, *changed) for changed in _changes(old, new))


def _between(what: What, old: Mapping[str, Members], new: Mapping[str, Members]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield Difference(what, name, "gone")
        elif name not in old:
            yield Difference(what, name, "added")
        else:
            yield from (Difference(what, name, "changed", *changed) for changed in _changes(old[name], new[name]))


def _changes(before: Members, after: Members, beneath: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Each member that differs, by its dotted path, with what it was and is."""
    for key in (*before, *(key for key in after if key not in before)):
        old, new, path = before.get(key), after.get(key), f"{beneath}{key}"
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _changes(old, new, f"{path}.")
        elif old != new:
            yield path, old, new


def _in_words(key: str, before: Any, after: Any) -> str:
    if not (isinstance(before, list) and isinstance(after, list)):
        return f"{key} was {_said(before)}, is {_said(after)}"
    more, less = _beyond(after, before), _beyond(before, after)
    said = [f"{word} {', '.join(some)}" for word, some in (("gains", more), ("loses", less)) if some]
    return f"{key} {' and '.join(said) or 'is in another order'}"


def _beyond(some: Sequence[Any], others: Sequence[Any]) -> list[str]:
    return sorted(one if isinstance(one, str) else _said(one) for one in some if one not in others)


def _said(value: Any) -> str:
    if value in (None, "", [], {}, date.min.isoformat()):
        return "not given"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(inner)}" for name, inner in value.items() if inner is not None)
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    return str(value).lower() if isinstance(value, bool) else f"`{value}`"
