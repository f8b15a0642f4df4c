"""Cuts a payload to the fields of an agreement: exactly the named paths, compiled once for each set of fields."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

Content = Mapping[str, Any]
# Gives what is kept, and which of the named paths there was anything of.
Minimiser = Callable[[Content], tuple[dict[str, Any], tuple[str, ...]]]

# A set of fields as a tree: None takes the whole branch.
_Tree = dict[str, "_Tree | None"]
_Cut = Callable[[Content, dict[str, None]], dict[str, Any]]


def minimise(data: Content, fields: Iterable[str]) -> dict[str, Any]:
    """What `fields` (dotted paths) name of `data`, and nothing else. Lists are gone through member by member.

    A branch that is named is taken whole; one of which nothing is left is not given.
    """
    return minimiser(tuple(fields))(data)[0]


@lru_cache(maxsize=4096)
def minimiser(fields: tuple[str, ...]) -> Minimiser:
    """The same, compiled for one set of fields."""
    cut = _compile(_tree(fields), "")

    def minimise_with_paths(data: Content) -> tuple[dict[str, Any], tuple[str, ...]]:
        found: dict[str, None] = {}
        return cut(data, found), tuple(found)

    return minimise_with_paths


def paths_in(data: Content) -> set[str]:
    """The dotted path of every leaf in `data`; members of lists have no index."""
    return set(_leaves(data, ""))


def differing(told: Content, said: Content) -> dict[str, Any]:
    """What of `told` was not `said` the same: what somebody who said it has not heard. Lists differ as a whole."""
    new: dict[str, Any] = {}
    for name, value in told.items():
        known = said.get(name)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            inner = differing(value, known)
            if inner:
                new[name] = inner
        elif value != known:
            new[name] = value
    return new


def overlaid(known: Content, newer: Content) -> dict[str, Any]:
    """`known` with what `newer` says of the same things; lists are replaced as a whole."""
    both = dict(known)
    for name, value in newer.items():
        before = both.get(name)
        both[name] = overlaid(before, value) if isinstance(before, Mapping) and isinstance(value, Mapping) else value
    return both


def _tree(fields: Iterable[str]) -> _Tree:
    root: _Tree = {}
    for field in fields:
        *above, last = field.split(".")
        node: _Tree | None = root
        for part in above:
            if node is not None:
                node = node.setdefault(part, {})
        if node is not None:
            node[last] = None
    return root


def _compile(tree: _Tree, above: str) -> _Cut:
    whole = tuple((name, above + name) for name, inner in tree.items() if inner is None)
    parts = tuple((name, _compile(inner, f"{above}{name}.")) for name, inner in tree.items() if inner is not None)

    def cut(data: Content, found: dict[str, None]) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for name, path in whole:
            if name in data:
                kept[name] = data[name]
                found[path] = None
        for name, inner in parts:
            value = data.get(name)
            if type(value) is dict:
                some: Any = inner(value, found)
            elif type(value) is list:
                some = [member for item in value if type(item) is dict and (member := inner(item, found))]
            else:
                continue
            if some:
                kept[name] = some
        return kept

    return cut


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        for item in value:
            yield from _leaves(item, path)
    else:
        yield path
