"""What one register changes against another, agreement by agreement and field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from hub.recipients.entries import Agreement
from hub.recipients.register import Register


@dataclass(frozen=True, slots=True)
class Difference:
    """`key` is as the file spells it, empty where the whole agreement came or went; `before` and `after` are as JSON has them."""

    agreement: str
    change: Literal["added", "gone", "changed", "follows"]
    key: str = ""
    before: Any = None
    after: Any = None

    def __str__(self) -> str:
        if self.change == "added":
            return f"{self.agreement} is new"
        if self.change == "gone":
            return f"{self.agreement} is gone: nothing is told under it any more"
        if self.change == "follows" and not self.key:
            return f"{self.agreement} is new, and follows {self.before}"
        return f"{self.agreement}: {_in_words(self.key, self.before, self.after)}"


def differences(before: Register, after: Register) -> list[Difference]:
    """All of them, by agreement. A new version of an agreement is compared with the newest that was there before it.

    What changes under the same id and version is the change of what was signed: give it a version of its own.
    """
    old, new = _by_name(before), _by_name(after)
    found: list[Difference] = []
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            found.append(Difference(name, "gone"))
        elif name in old:
            found += _changed(name, "changed", old[name], new[name])
        else:
            found += _added(name, new[name], old)
    return found


def _by_name(register: Register) -> Mapping[str, Agreement]:
    return {one.name: one for some in register.agreed.values() for one in some}


def _added(name: str, one: Agreement, old: Mapping[str, Agreement]) -> Iterator[Difference]:
    known = [other for other in old.values() if other.id == one.id and other.version < one.version]
    if not known:
        yield Difference(name, "added")
        return
    last = max(known, key=lambda other: other.version)
    yield Difference(name, "follows", before=last.name)
    yield from _changed(name, "follows", last, one)


def _changed(name: str, change: Literal["changed", "follows"], before: Agreement, after: Agreement) -> Iterator[Difference]:
    old, new = (one.model_dump(mode="json", by_alias=True, exclude={"id", "version"}) for one in (before, after))
    for key in old:
        if old[key] != new[key]:
            yield Difference(name, change, key, old[key], new[key])


def _in_words(key: str, before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        more, less = sorted(set(after) - set(before)), sorted(set(before) - set(after))
        said = [f"{word} {', '.join(some)}" for word, some in (("gains", more), ("loses", less)) if some]
        return f"{key} {' and '.join(said)}"
    return f"{key} was {_said(before)}, is {_said(after)}"


def _said(value: Any) -> str:
    if value in (None, "", date.min.isoformat()):
        return "not given"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(inner)}" for name, inner in value.items() if inner is not None)
    return str(value).lower() if isinstance(value, bool) else f"`{value}`"
