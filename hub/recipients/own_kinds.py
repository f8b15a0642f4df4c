"""Reads the kinds of change that a register brings: `kinds/<kind>.yaml`, and `kinds/<kind>.schema.json` where the hub does not know it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.kinds import BUILT_IN, Kinds, OwnKind, faults
from hub.recipients.documents import Document, read_document
from hub.recipients.faults import Fault

_ENTRY, _SCHEMA = ".yaml", ".schema.json"


def read_kinds(folder: Path) -> Kinds | list[Fault]:
    """The kinds built in with those of `folder` (there need be none), or everything that is wrong with it."""
    entries = sorted(folder.glob(f"*{_ENTRY}")) if folder.is_dir() else []
    if not entries:
        return BUILT_IN
    own: list[OwnKind] = []
    found: list[Fault] = []
    for path in entries:
        entry = _object(path)
        schema = _object(path.with_name(path.name.removesuffix(_ENTRY) + _SCHEMA), optional=True)
        if isinstance(entry, Fault) or isinstance(schema, Fault):
            found += [one for one in (entry, schema) if isinstance(one, Fault)]
            continue
        assert entry is not None
        one = OwnKind(entry.value, None if schema is None else schema.value)
        found += [_fault(entry, said) for said in faults(one)]
        own.append(one)
    return found or Kinds(tuple(own))


def _object(path: Path, *, optional: bool = False) -> Document | Fault | None:
    if optional and not path.exists():
        return None
    document = read_document(path)
    if isinstance(document, Document) and not isinstance(document.value, Mapping):
        return document.fault((), "is no group of keys", "keys and values")
    return document


def _fault(entry: Document, said: str) -> Fault:
    member, _, rest = said.partition(": ")
    fault, _, accepted = rest.rpartition(" (accepted: ")
    path: list[Any] = member.split(".")
    return entry.fault(path, fault or rest, accepted.removesuffix(")") if fault else "see docs/kinds.md")
