"""A file read as a model, or what pydantic finds wrong with it, in words for whoever wrote it, with the line."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from hub.kinds import Entry
from hub.recipients.documents import Document, read_document
from hub.recipients.faults import Fault

_Model = TypeVar("_Model", bound=Entry)

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


def read_as(path: Path, model: type[_Model]) -> tuple[Document, _Model] | list[Fault]:
    """What a file says, with its lines, or everything that is wrong with it: each fault once, in the order found."""
    document = read_document(path)
    if isinstance(document, Fault):
        return [document]
    try:
        return document, model.model_validate(document.value)
    except ValidationError as error:
        return _faults(document, error)


def _faults(document: Document, error: ValidationError) -> list[Fault]:
    return list(dict.fromkeys(_fault(document, item) for item in error.errors(include_url=False, include_input=False)[:50]))


def _fault(document: Document, item: Any) -> Fault:
    # pydantic names the branch of a union it tried; the file has no such part.
    path = tuple(part for part in item["loc"] if isinstance(part, int) or not ("[" in part or part in ("literal", "constrained-str")))
    context = {"error": "", **item.get("ctx", {})}
    fault, accepted = _WORDS.get(item["type"], ("is not accepted", item["msg"]))
    return document.fault(path, fault, accepted.format(**context))
