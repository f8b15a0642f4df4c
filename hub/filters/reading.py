"""Reads a filter's text."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree, UnexpectedInput, UnexpectedToken

from hub.filters.compiling import TooDeep, compiled
from hub.filters.filter import Filter, FilterFault

LONGEST = 1000
# Of what goes on the wire; `id`, `subject` and `source` say nothing of what kind of news it is.
ATTRIBUTES = frozenset({"agreement", "caseversion", "datacontenttype", "part", "specversion", "standing", "time", "type"})
_NUMBERS = range(-(2**31), 2**31)


def read(text: str) -> Filter | FilterFault:
    """The filter that `text` says, or what is wrong with it."""
    if not text.strip() or len(text) > LONGEST:
        return FilterFault("is empty or too long", f"1 to {LONGEST} characters")
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        return _unexpected(error)
    if fault := next(_faults(tree), None):
        return fault
    try:
        predicate = compiled(_root(tree))
    except TooDeep:
        return FilterFault("has too many brackets within brackets", "ten within each other")
    return Filter(text, frozenset(path.partition(".")[2] for path in _named(tree, "path")), predicate)


@cache
def _grammar() -> Lark:
    return Lark((files("hub.filters") / "grammar.lark").read_text("utf-8"), parser="lalr")


def _root(tree: Tree[Token]) -> Tree[Token]:
    root = tree.children[0]
    assert isinstance(root, Tree)
    return root


def _named(tree: Tree[Token], what: str) -> Iterator[str]:
    return (str(branch.children[0]) for branch in tree.find_data(what))


def _faults(tree: Tree[Token]) -> Iterator[FilterFault]:
    for name in _named(tree, "attribute"):
        if name not in ATTRIBUTES:
            accepted = f"{', '.join(sorted(ATTRIBUTES))}, or `data.` and a field that is told"
            yield FilterFault(f"asks of {name}, which it cannot", accepted)
    if any(int(number) not in _NUMBERS for number in _named(tree, "number")):
        yield FilterFault("has a number that is too large", "whole numbers of 32 bits")


def _unexpected(error: UnexpectedInput) -> FilterFault:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    where = "at its end" if at_end or error.pos_in_stream is None else f"at character {error.pos_in_stream + 1}"
    accepted = "comparisons joined by AND or by OR, never both without brackets, and NOT before brackets: see docs/filters.md"
    return FilterFault(f"cannot be read {where}", accepted)
