"""Whether what an entry names is of a type that the engine can use there: else a case of the kind could never be planned."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from typing import Any, get_origin

from hub.kinds.kind import Kind
from schemas import Fault, LifeEvent, types_at
from schemas.parts import Address, PartialDate, Registration
from schemas.words import Model, wire_fields

_DAY = ((date, PartialDate), "a day: text with `format: date`, a PartialDate, or the `value` of a DatedFact")
_ADDRESS = ((Address,), "an Address")
_ENTRY = ((Registration,), "a Registration")
_FLAG = ((bool,), "a boolean")
_MOST_PATHS = 10
_EVERY_EVENT = frozenset(wire_fields(LifeEvent))

Wanted = tuple[tuple[Any, ...], str]


def misfits(kind: Kind, model: type[LifeEvent]) -> Iterator[Fault]:
    """Each by its member; paths that the schema does not have are named elsewhere."""
    if (types := types_at(model, kind.subject)) and (_is_listed(model, kind.subject) or not any(_is_object(one) for one in types)):
        yield Fault("subject", f"names {kind.subject}, which is no single object", "an object, such as a Person")
    for member, path, wanted in _single(kind):
        if (types := types_at(model, path)) and (_is_listed(model, path) or not _is_any(types, wanted)):
            yield Fault(member, f"names {path}, which cannot be used there", f"{wanted[1]}, not in a list")
    for member, path in (*(("byTeller", path) for path in kind.by_teller), *(("byTruth", path) for path in kind.by_truth)):
        if (types := types_at(model, path)) and not any(_is_object(one) for one in types):
            yield Fault(member, f"names {path}, which is nobody", "an object such as a Person, or a list of them")
    yield from _keys(kind)
    yield from _members(kind)
    yield from _identities(kind, model)
    for member, path in _flags(kind):
        if (types := types_at(model, path)) and not _is_any(types, _FLAG):
            yield Fault(member, f"names {path}, which cannot be used there", _FLAG[1])


def _keys(kind: Kind) -> Iterator[Fault]:
    """Of nothing, all would have the same key."""
    for member, keys in (("identities", kind.matching.identities), ("likenesses", kind.matching.likenesses)):
        for number, key in enumerate(keys):
            if not 1 <= len(key) <= _MOST_PATHS:
                yield Fault(f"matching.{member}.{number}", f"is a key of {len(key)} paths", f"from 1 to {_MOST_PATHS}")


def _members(kind: Kind) -> Iterator[Fault]:
    """What is kept by teller or by truth is kept whole."""
    for name, paths in (("truthAlone", kind.truth_alone), ("byTeller", kind.by_teller), ("byTruth", kind.by_truth)):
        for path in paths:
            if "." in path:
                yield Fault(name, f"names {path}, which is part of a member", path.partition(".")[0])


def _identities(kind: Kind, model: type[LifeEvent]) -> Iterator[Fault]:
    """Two whose key is the same are one case: what many share may not be all of it."""
    for key in kind.matching.identities:
        for path in key:
            types = types_at(model, path)
            if path.partition(".")[0] in _EVERY_EVENT or _is_any(types, _FLAG) or any(_is_object(one) for one in types):
                yield Fault("matching.identities", f"names {path}, which tells nobody apart", "names, numbers, dates and words")
        own = [types_at(model, path) for path in key if path.startswith(f"{kind.subject}.")]
        if types_at(model, kind.subject) and all(any(_is_word(one) for one in types) for types in own):
            yield Fault("matching.identities", "has a key with nothing of the subject", f"a name, number or date below {kind.subject}")


def _single(kind: Kind) -> Iterator[tuple[str, str, Wanted]]:
    named: list[tuple[str, Iterable[str | None], Wanted]] = [
        ("effective", [kind.effective], _DAY),
        ("happened", [kind.happened], _DAY),
        ("matching.registration", [kind.matching.registration], _ENTRY),
        *(("places", where.address, _ADDRESS) for where in kind.places),
    ]
    return ((member, path, wanted) for member, paths, wanted in named for path in paths if path is not None)


def _flags(kind: Kind) -> Iterator[tuple[str, str]]:
    for part, apart in kind.apart.items():
        if apart.unless is not None:
            yield f"apart.{part}.unless", apart.unless
    for number, follow in enumerate(kind.follows):
        yield from ((f"follows.{number}.when", path) for path in follow.when)
        if follow.confirmed is not None:
            yield f"follows.{number}.confirmed", follow.confirmed


def _is_any(types: Iterable[Any], wanted: Wanted) -> bool:
    return any(one == accepted for one in types for accepted in wanted[0])


def _is_object(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, Model)


def _is_word(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, Enum)


def _is_listed(model: type[LifeEvent], path: str) -> bool:
    steps = path.split(".")
    return any(get_origin(one) is tuple for end in range(len(steps)) for one in types_at(model, ".".join(steps[: end + 1])))
