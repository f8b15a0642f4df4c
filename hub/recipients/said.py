"""A file read as a model, or what pydantic finds wrong with it, in words for whoever wrote it, with the line."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hub.kinds import Entry
from hub.recipients.documents import Document, read_document
from hub.recipients.faults import Fault
from schemas import in_words, members_at

_Model = TypeVar("_Model", bound=Entry)

# Where files say it otherwise than events do.
_WORDS = {
    "extra_forbidden": ("is not known here", "{known}"),
    "value_error": ("is not accepted", "{error}"),
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
        return _faults(document, model, error)


def in_file_words(item: Any, model: type[BaseModel]) -> tuple[str, str]:
    """What is wrong by one item of `ValidationError.errors()` in a file of `model`, and what is accepted."""
    return in_words({**item, "ctx": {"known": ", ".join(members_at(model, item["loc"][:-1])), **item.get("ctx", {})}}, _WORDS)


def _faults(document: Document, model: type[Entry], error: ValidationError) -> list[Fault]:
    return list(dict.fromkeys(_fault(document, model, item) for item in error.errors(include_url=False, include_input=False)[:50]))


def _fault(document: Document, model: type[Entry], item: Any) -> Fault:
    # pydantic names the branch of a union it tried; the file has no such part.
    path = tuple(part for part in item["loc"] if isinstance(part, int) or not ("[" in part or part in ("literal", "constrained-str")))
    return document.fault(path, *in_file_words(item, model))
