"""YAML files as values that know their lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hub.recipients.faults import Fault

_LARGEST = 1_000_000
_DEEPEST = 20


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
    if path.stat().st_size > _LARGEST:
        return Fault(path.name, 1, "", "is too large", f"at most {_LARGEST} bytes")
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[tuple[str | int, ...], int] = {}
        if node is None:
            return Fault(path.name, 1, "", "is empty", "an organisation")
        fault = _walk(node, (), lines, path.name, set())
        return fault or Document(path.name, yaml.safe_load(text), lines)
    except UnicodeDecodeError:
        return Fault(path.name, 1, "", "is not UTF-8", "text in UTF-8")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Fault(path.name, line, "", f"is not YAML ({error.problem})", "YAML 1.1: indented keys and values")
    except yaml.YAMLError:
        return Fault(path.name, 1, "", "is not YAML", "YAML 1.1: indented keys and values")


def _walk(node: yaml.Node, path: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int], file: str, seen: set[int]) -> Fault | None:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if len(path) > _DEEPEST or id(node) in seen:
        return Fault(file, line, ".".join(map(str, path)), "repeats another part or is nested too deep", "plain keys and values")
    seen.add(id(node))
    parts: list[tuple[str | int, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if (*path, key.value) in lines:
                return Fault(file, key.start_mark.line + 1, ".".join(map(str, (*path, key.value))), "is given twice", "once")
            lines[(*path, key.value)] = key.start_mark.line + 1
            parts.append((key.value, value))
    elif isinstance(node, yaml.SequenceNode):
        parts = list(enumerate(node.value))
    for name, value in parts:
        fault = _walk(value, (*path, name), lines, file, seen)
        if fault is not None:
            return fault
    return None
