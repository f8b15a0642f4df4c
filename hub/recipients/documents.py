"""YAML and JSON files as values that know their lines."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import yaml
from yaml.composer import Composer

from hub.kinds import SAFE_LOADER
from hub.recipients.faults import Fault

_LARGEST = 1_000_000
_LARGEST_JSON = 64_000
_DEEPEST = 20
# Of what JSON and every reader of it can count with.
_LARGEST_NUMBER = 2**53
_YAML = "YAML 1.1: indented keys and values"

_TAG = "tag:yaml.org,2002:"
_TEXT = _TAG + "str"
# What a value may be, as faults name it: YAML knows more, and no entry needs it.
_KINDS = {
    _TEXT: "text",
    _TAG + "map": "group of keys",
    _TAG + "seq": "list",
    _TAG + "int": "whole number",
    _TAG + "float": "number",
    _TAG + "bool": "`true` or `false`",
    _TAG + "null": "`null`",
    _TAG + "timestamp": "date",
}
# Control, format (those that turn the direction of writing are among them), halves of a character, separators of lines.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_SEEN_ALL_THE_SAME = "\n\t"


@dataclass(frozen=True, slots=True)
class Document:
    """One file's value, and the line of each of its parts by path."""

    file: str
    value: Any
    lines: Mapping[tuple[str | int, ...], int]

    def line(self, path: Sequence[str | int]) -> int:
        """The line of `path`, or of the nearest part above it."""
        place = tuple(path)
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, path: Sequence[str | int], fault: str, accepted: str) -> Fault:
        return Fault(self.file, self.line(path), ".".join(map(str, path)), fault, accepted)


def read_document(path: Path) -> Document | Fault:
    """The one document in a file, or what keeps it from being read."""
    text = _text(path, _LARGEST)
    return text if isinstance(text, Fault) else _parse(path.name, text)


def read_json(path: Path) -> Document | Fault:
    """The same of a file in JSON."""
    text = _text(path, _LARGEST_JSON)
    if isinstance(text, Fault):
        return text
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Fault(path.name, error.lineno, "", f"is not JSON ({error.msg})", "JSON: names and text in double quotes")
    # What is JSON is YAML too, but for tabs between its parts; within its text there are none.
    return _parse(path.name, text.replace("\t", " "))


def _text(path: Path, largest: int) -> str | Fault:
    try:
        if not path.is_file():
            return Fault(path.name, 1, "", "is not a file", "a file, or a link to one")
        if path.stat().st_size > largest:
            return Fault(path.name, 1, "", "is too large", f"at most {largest} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        return Fault(path.name, 1, "", f"cannot be read ({error.strerror})", "a file that this process may read")
    except UnicodeDecodeError:
        return Fault(path.name, 1, "", "is not UTF-8", "text in UTF-8")


def _parse(file: str, text: str) -> Document | Fault:
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return Fault(file, 1, "", "is empty", "keys and values")
        walk = _Walk(file, loader)
        return walk.fault(node, ()) or Document(file, loader.construct_document(node), walk.lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Fault(file, line, "", f"is not YAML ({error.problem})", _YAML)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return Fault(file, line, "", f"has a character that nobody sees (U+{error.character:04X})", "text that shows all it says")


# The loader in C does not put parts together by the class that the other one is made of.
_LOADERS: Any = (SAFE_LOADER,) if issubclass(SAFE_LOADER, Composer) else (Composer, SAFE_LOADER)


class _Loader(*_LOADERS):  # type: ignore[misc]
    """Goes down no deeper than an entry needs: PyYAML does so by calling itself.

    libyaml, where the wheel has it, finds the parts, in a quarter of the time; PyYAML's own `Composer` puts them together, as
    depth cannot be watched in C.
    """

    def __init__(self, text: str) -> None:
        SAFE_LOADER.__init__(self, text)
        Composer.__init__(self)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self._depth += 1
        if parent is not None and self._depth > _DEEPEST:
            raise yaml.MarkedYAMLError(problem="nested too deep", problem_mark=parent.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node


@dataclass(frozen=True, slots=True)
class _Walk:
    """Goes through a file's nodes: notes the line of each, and finds what no value may be."""

    file: str
    loader: _Loader
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)

    def fault(self, node: yaml.Node, path: tuple[str | int, ...]) -> Fault | None:
        """The first fault of `node` and what is below it."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._seen:
            return self._said(node, path, "repeats another part", "plain keys and values")
        self._seen.add(id(node))
        if node.tag not in _KINDS:
            return self._said(node, path, "is of a kind that is not taken", "text, numbers, dates, lists and groups of keys")
        if isinstance(node, yaml.MappingNode):
            return self._group_fault(node, path)
        if isinstance(node, yaml.SequenceNode):
            return self._first_fault(enumerate(node.value), path)
        return self._plain_fault(node, path)

    def _group_fault(self, node: yaml.MappingNode, path: tuple[str | int, ...]) -> Fault | None:
        for key, _ in node.value:
            if key.tag != _TEXT:
                return self._said(key, path, "has a key that is not text", "text, in quotes where it looks like something else")
            if fault := self._plain_fault(key, path):
                return fault
            place = (*path, key.value)
            if place in self.lines:
                return self._said(key, place, "is given twice", "once")
            self.lines[place] = key.start_mark.line + 1
        return self._first_fault(((key.value, value) for key, value in node.value), path)

    def _first_fault(self, parts: Iterable[tuple[str | int, yaml.Node]], path: tuple[str | int, ...]) -> Fault | None:
        return next((fault for name, value in parts if (fault := self.fault(value, (*path, name)))), None)

    def _plain_fault(self, node: yaml.Node, path: tuple[str | int, ...]) -> Fault | None:
        try:
            value = self.loader.construct_object(node)
        # What PyYAML's own readers of numbers and dates let through.
        except (ValueError, LookupError, AttributeError, OverflowError):
            kind = _KINDS[node.tag]
            return self._said(node, path, f"looks like a {kind} and is none", f"a {kind}, or text in quotes")
        if isinstance(value, int | float) and not abs(value) < _LARGEST_NUMBER:
            return self._said(node, path, "is a number too large to keep, or none", f"less than {_LARGEST_NUMBER}")
        unseen = next((c for c in node.value if unicodedata.category(c) in _UNSEEN and c not in _SEEN_ALL_THE_SAME), None)
        if unseen is not None:
            return self._said(node, path, f"has a character that nobody sees (U+{ord(unseen):04X})", "text that shows all it says")
        return None

    def _said(self, node: yaml.Node, path: tuple[str | int, ...], fault: str, accepted: str) -> Fault:
        return Fault(self.file, node.start_mark.line + 1, ".".join(map(str, path)), fault, accepted)
