"""What is wrong with kinds of one's own, in words that name the member."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from hub.kinds.catalogue import BUILT_IN, Kinds, OwnKind
from hub.kinds.fitting import misfits
from hub.kinds.kind import Kind
from schemas import Fault
from schemas.own import SchemaFault
from schemas.own_words import check_schema


def faults(own: Sequence[OwnKind]) -> list[list[Fault]]:
    """Every fault by its member, of every kind in order; none where it can be used beside the others.

    One may follow from another: what they say of each other is looked at once all of them can be read.
    """
    unread = [_unread(one) for one in own]
    if any(unread):
        return unread
    kinds = Kinds(own)
    return [list(_of(kinds, kinds[str(one.entry["kind"])], one.schema)) for one in own]


def schema_fault(schema: Mapping[str, Any]) -> Fault | None:
    """The first thing that is wrong with the schema of a kind of one's own, by its member; `schema` for the whole."""
    try:
        check_schema(schema)
    except SchemaFault as error:
        return error.fault
    return None


def _unread(one: OwnKind) -> list[Fault]:
    if one.schema is not None and (wrong := schema_fault(one.schema)) is not None:
        return [wrong]
    try:
        Kinds((one,))
    except SchemaFault as error:
        return [error.fault]
    except ValidationError as error:
        return [_said(item) for item in error.errors(include_url=False, include_input=False)[:20]]
    name = str(one.entry["kind"])
    return [] if one.schema or name in BUILT_IN else [Fault("kind", f"{name} has no schema", f"a file {name}.schema.json beside it")]


def _of(kinds: Kinds, kind: Kind, schema: Mapping[str, Any] | None) -> Iterator[Fault]:
    if schema is not None and kind.name in BUILT_IN:
        yield Fault("kind", f"{kind.name} is built in, and so is its schema", "another name")
    known = kinds.all_paths(kind.name)
    for member, path in kind.paths():
        if path not in known:
            yield Fault(member, f"names {path}, which the schema does not have", ", ".join(sorted(known))[:300])
    yield from misfits(kind, kinds.model(kind.name))
    yield from _followers(kinds, kind)
    sides = [where.side for where in kind.places]
    if len(set(sides)) < len(sides) or (len(sides) == 2 and "lives" in sides):
        yield Fault("places", "do not fit together", "one that `lives`, or one that `leaves` and one that `arrives`")


def _followers(kinds: Kinds, kind: Kind) -> Iterator[Fault]:
    for number, follow in enumerate(kind.follows):
        if follow.kind not in kinds:
            yield Fault(f"follows.{number}.kind", f"there is no kind {follow.kind}", ", ".join(sorted(kinds)))
            continue
        for path in follow.content.keys() - kinds.all_paths(follow.kind):
            yield Fault(f"follows.{number}.content", f"names {path}, which {follow.kind} does not have", "the fields of its schema")
        person = follow.content.get(kinds[follow.kind].subject, "")
        if person != follow.each and not person.startswith(f"{follow.each}."):
            subject = kinds[follow.kind].subject
            yield Fault(f"follows.{number}.content", "does not say who it is about", f"{subject}, from a path at {follow.each}")
        if follow.kind == kind.name and person == kind.subject:
            yield Fault(f"follows.{number}.each", f"{person} is who {kind.name} is about already", "somebody else who is named in it")


def _said(item: Any) -> Fault:
    return Fault(".".join(map(str, item["loc"])), f"is not accepted ({item['msg']})", "see docs/kinds.md")
