"""The JSON documents that commands print, with the API's way of naming."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def to_document(one: "DataclassInstance") -> dict[str, Any]:
    """The fields of `one`, and of what it holds, under their names in JSON: `closed_at` is `closedAt`."""
    return asdict(one, dict_factory=lambda fields: {to_camel(name): value for name, value in fields})
