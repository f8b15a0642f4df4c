"""Reads the register's folder: one YAML file an organisation. All faults are found, not the first only."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hub.kinds import Kinds
from hub.recipients.checking import cross_faults, warnings
from hub.recipients.documents import Document, read_document
from hub.recipients.entries import Organisation
from hub.recipients.faults import Fault
from hub.recipients.own_kinds import read_kinds
from hub.recipients.register import Register

# A connector kind's own check of a recipient's settings: `connectors.contract.Connector.check`.
Checks = Mapping[str, Callable[[Mapping[str, Any]], list[str]]]

_WORDS = {
    "missing": ("is missing", "it is required"),
    "extra_forbidden": ("is not known here", "the keys in hub/recipients/entries.py"),
    "string_type": ("is not text", "text"),
    "literal_error": ("is not known", "{expected}"),
    "string_too_short": ("is too short", "at least {min_length} characters"),
    "string_too_long": ("is too long", "at most {max_length} characters"),
    "too_short": ("has too few members", "at least {min_length}"),
    "too_long": ("has too many members", "at most {max_length}"),
    "greater_than_equal": ("is too small", "at least {ge}"),
    "greater_than": ("is too small", "more than {gt}"),
    "less_than_equal": ("is too large", "at most {le}"),
    "string_pattern_mismatch": ("is not of the form accepted", "{pattern}"),
    "value_error": ("is not accepted", "{error}"),
    "int_type": ("is not a whole number", "a whole number"),
    "tuple_type": ("is not a list", "a list"),
    "model_type": ("is not a group of keys", "keys and values"),
    "dict_type": ("is not a group of keys", "keys and values"),
}


def read(folder: Path, checks: Checks) -> Register | list[Fault]:
    """The register in `folder`, or everything that is wrong with it. `checks` knows the connector kinds there are."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml")) if folder.is_dir() else []
    if not paths:
        return [Fault(folder.name, 1, "", "has no recipients", "a folder with a YAML file for each organisation")]
    faults: list[Fault] = []
    read_in: list[tuple[Document, Organisation]] = []
    for path in paths:
        document = read_document(path)
        if isinstance(document, Fault):
            faults.append(document)
            continue
        try:
            read_in.append((document, Organisation.model_validate(document.value)))
        except ValidationError as error:
            faults.extend(_faults(document, error))
    kinds = read_kinds(folder / "kinds")
    if not isinstance(kinds, Kinds):
        return [*faults, *kinds]
    faults.extend(cross_faults(read_in, kinds, checks))
    if faults:
        return faults
    return Register(tuple(organisation for _, organisation in read_in), kinds=kinds, warnings=tuple(warnings(read_in)))


def _faults(document: Document, error: ValidationError) -> Iterator[Fault]:
    found = dict.fromkeys(_fault(document, item) for item in error.errors(include_url=False, include_input=False)[:50])
    return iter(found)


def _fault(document: Document, item: Any) -> Fault:
    # pydantic names the branch of a union it tried; the file has no such part.
    path = tuple(part for part in item["loc"] if isinstance(part, int) or not ("[" in part or part in ("literal", "constrained-str")))
    context = {"error": "", **item.get("ctx", {})}
    fault, accepted = _WORDS.get(item["type"], ("is not accepted", item["msg"]))
    return document.fault(path, fault, accepted.format(**context))
