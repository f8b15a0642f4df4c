"""Reads the kinds of change that a register brings: `kinds/<kind>.yaml`, and `kinds/<kind>.schema.json` where the hub does not know it."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.kinds import BUILT_IN, Kinds, OwnKind, faults, schema_fault
from hub.recipients.documents import Document, read_document, read_json
from hub.recipients.faults import Fault

_ENTRY, _SCHEMA = ".yaml", ".schema.json"
_OF_KINDS = (".yaml", ".yml", ".json")


def read_kinds(folder: Path) -> Kinds | list[Fault]:
    """The kinds built in with those of `folder` (there need be none), or everything that is wrong with it."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in _OF_KINDS) if folder.is_dir() else []
    entries = [path for path in paths if path.suffix == _ENTRY]
    if not paths:
        return BUILT_IN
    found = [_stray(path) for path in paths if path not in entries and _entry_of(path) not in entries]
    read_in: list[tuple[Document, OwnKind]] = []
    for path in entries:
        entry = _object(path)
        schema = _object(path.with_name(path.name.removesuffix(_ENTRY) + _SCHEMA), optional=True)
        if isinstance(entry, Fault) or isinstance(schema, Fault):
            found += [one for one in (entry, schema) if isinstance(one, Fault)]
            continue
        assert entry is not None
        # So no two files are of one kind.
        if entry.value.get("kind") != path.stem:
            found.append(entry.fault(("kind",), "is not what its file is called", path.stem))
            continue
        if schema is not None and (wrong := schema_fault(schema.value)) is not None:
            found.append(schema.fault(_place(schema.value, wrong.field), wrong.fault, wrong.accepted))
            continue
        read_in.append((entry, OwnKind(entry.value, None if schema is None else schema.value)))
    own = tuple(one for _, one in read_in)
    for (entry, _), some in zip(read_in, faults(own), strict=True):
        found += [entry.fault(one.field.split("."), one.fault, one.accepted) for one in some]
    return found or Kinds(own)


def expected_of_nobody(folder: Path, kinds: Kinds, services: Collection[str]) -> Iterator[Fault]:
    """What is allowed and makes a task of every case: a kind expects a service that no entry and no catalogue knows."""
    for own in kinds.own:
        for number, service in enumerate(own.entry.get("expected", ())):
            entry = None if service in services else read_document(folder / f"{own.entry['kind']}{_ENTRY}")
            if isinstance(entry, Document):
                said = f"names {service}, which no service is called: every case has a task for want of it"
                yield entry.fault(("expected", number), said, "a service's name without its organisation, such as council-tax")


def _entry_of(path: Path) -> Path | None:
    """The entry that a schema belongs to."""
    return path.with_name(path.name.removesuffix(_SCHEMA) + _ENTRY) if path.name.endswith(_SCHEMA) else None


def _stray(path: Path) -> Fault:
    return Fault(path.name, 1, "", "is of no kind", f"<kind>{_ENTRY}, and <kind>{_SCHEMA} beside it")


def _object(path: Path, *, optional: bool = False) -> Document | Fault | None:
    if optional and not path.exists():
        return None
    document = read_json(path) if path.suffix == ".json" else read_document(path)
    if isinstance(document, Document) and not isinstance(document.value, Mapping):
        return document.fault((), "is no group of keys", "keys and values")
    return document


def _place(schema: Any, member: str) -> list[str]:
    """Where a schema describes a member: its names, and between them the words of JSON Schema."""
    place: list[str] = []
    for name in () if member == "schema" else member.split("."):
        while isinstance(schema, Mapping) and "properties" not in schema and "items" in schema:
            place, schema = [*place, "items"], schema["items"]
        place += ["properties", name]
        members = schema.get("properties") if isinstance(schema, Mapping) else None
        schema = members.get(name) if isinstance(members, Mapping) else None
    return place
