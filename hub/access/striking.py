"""Strikes out of a content what is not its subject's. What a kind does not name as theirs is a third party's: a new field is struck
until somebody says whose it is."""

from collections.abc import Collection, Mapping
from typing import Any

from hub.kinds import Kind

THIRD_PARTY = "[a third party]"
TO_READ = "[a person reads this first]"

# Said of the change itself, and of nobody else.
_OF_EVERY_KIND = ("standing", "fact", "sourceTime")
# Words that may name anybody, and what a teller said to the hub alone.
_TO_BE_READ = frozenset({"reason", "freeText", "needs", "choices", "identity", "protected"})


def struck(kind: Kind, content: Mapping[str, Any]) -> dict[str, Any]:
    """`content` with a mark in the place of everything that is not the subject's to read, or not unseen."""
    theirs = {kind.subject, kind.effective or kind.subject, *kind.about_subject, *_OF_EVERY_KIND}
    return _struck(content, theirs, "")


def _struck(content: Mapping[str, Any], theirs: Collection[str], above: str) -> dict[str, Any]:
    return {name: _one(name, value, theirs, above + name) for name, value in content.items()}


def _one(name: str, value: Any, theirs: Collection[str], path: str) -> Any:
    if name in _TO_BE_READ:
        return TO_READ
    if path in theirs:
        return _theirs(value)
    if isinstance(value, Mapping) and any(one.startswith(f"{path}.") for one in theirs):
        return _struck(value, theirs, f"{path}.")
    return THIRD_PARTY


def _theirs(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: TO_READ if name in _TO_BE_READ else _theirs(inner) for name, inner in value.items()}
    return [_theirs(inner) for inner in value] if isinstance(value, list | tuple) else value
