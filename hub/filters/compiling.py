"""From a filter's tree to a function over events. An error is a value here (None), so nothing can raise where cases are planned."""

import operator
import re
from collections.abc import Callable, Mapping, Sequence

from lark import Token, Tree

from hub.filters.casting import as_boolean, as_integer, as_string, as_type_of
from hub.filters.event import Event, Lack, Value
from hub.filters.filter import Predicate

_Operand = Callable[[Event], Value | Lack]

_DEEPEST = 10
_ORDERED: Mapping[str, Callable[[int, int], bool]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class TooDeep(Exception):
    """More brackets within brackets than anybody reads."""


def compiled(tree: Tree[Token], depth: int = 0) -> Predicate:
    """The predicate of a branch. Raises `TooDeep`."""
    if depth > _DEEPEST:
        raise TooDeep
    branches = [child for child in tree.children if isinstance(child, Tree)]
    match tree.data:
        case "all_of" | "any_of":
            return _joined([compiled(branch, depth + 1) for branch in branches], ends_with=tree.data == "any_of")
        case "negation":
            return _negated(compiled(branches[0], depth + 1))
        case "exists":
            return _exists(_operand(branches[0]))
        case "truth":
            return _of_value(_operand(branches[0]), as_boolean)
        case "compared":
            return _compared(str(tree.children[1]), _operand(branches[0]), _operand(branches[1]))
        case "like" | "not_like":
            return _like(_operand(branches[0]), as_string(_literal(branches[1])), wanted=tree.data == "like")
    return _among(_operand(branches[0]), [_literal(branch) for branch in branches[1:]], wanted=tree.data == "among")


def _literal(tree: Tree[Token]) -> Value:
    text = str(tree.children[0])
    if tree.data == "boolean":
        return text.lower() == "true"
    return int(text) if tree.data == "number" else text[1:-1].replace("\\'", "'").replace('\\"', '"')


def _operand(tree: Tree[Token]) -> _Operand:
    if tree.data == "attribute":
        name = str(tree.children[0])
        return lambda event: event.attribute(name)
    if tree.data == "path":
        path = tuple(str(tree.children[0]).split(".")[1:])
        return lambda event: event.at(path)
    value = _literal(tree)
    return lambda event: value


def _joined(terms: Sequence[Predicate], *, ends_with: bool) -> Predicate:
    """From left to right, until one decides, or cannot be said."""

    def join(event: Event) -> bool | None:
        for term in terms:
            found = term(event)
            if found is None or found is ends_with:
                return found
        return not ends_with

    return join


def _negated(term: Predicate) -> Predicate:
    return lambda event: None if (found := term(event)) is None else not found


def _exists(operand: _Operand) -> Predicate:
    return lambda event: operand(event) is not Lack.MISSING


def _of_value(operand: _Operand, judge: Callable[[Value], bool | None]) -> Predicate:
    """What asks about something the event does not have is false (CESQL 3.2), in whichever way it asks."""

    def ask(event: Event) -> bool | None:
        value = operand(event)
        return (False if value is Lack.MISSING else None) if isinstance(value, Lack) else judge(value)

    return ask


def _compared(sign: str, left: _Operand, right: _Operand) -> Predicate:
    def compare(event: Event) -> bool | None:
        one, other = left(event), right(event)
        if isinstance(one, Lack) or isinstance(other, Lack):
            return False if Lack.MISSING in (one, other) else None
        if sign in _ORDERED:
            first, second = as_integer(one), as_integer(other)
            return None if first is None or second is None else _ORDERED[sign](first, second)
        cast = as_type_of(one, other)
        return None if cast is None else (cast == other) is (sign == "=")

    return compare


def _like(operand: _Operand, pattern: str, *, wanted: bool) -> Predicate:
    like = re.compile(_expression(pattern), re.DOTALL)
    return _of_value(operand, lambda value: (like.fullmatch(as_string(value)) is not None) is wanted)


def _expression(pattern: str) -> str:
    """A pattern as an expression that never goes back on a piece it found: however it is written, it is soon tried."""
    segments = [""]
    for piece in re.findall(r"\\[%_]|%|_|[^%_\\]+|\\", pattern):
        if piece == "%":
            segments.append("")
        else:
            segments[-1] += "." if piece == "_" else re.escape(piece[-1] if piece in ("\\%", "\\_") else piece)
    first, *between = segments
    last = between.pop() if between else None
    return first + "".join(f"(?>.*?{some})" for some in between if some) + ("" if last is None else f".*{last}")


def _among(operand: _Operand, members: Sequence[Value], *, wanted: bool) -> Predicate:
    return _of_value(operand, lambda value: any(as_type_of(member, value) == value for member in members) is wanted)
