"""Rooms import downwards only, through each other's fronts, and are named for what they hold."""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]
FILES = [path for part in ("hub", "connectors", "schemas") for path in sorted((ROOT / part).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
WRITTEN = [*FILES, *TESTS, *(path for kind in ("html", "css") for path in sorted((ROOT / "hub").rglob(f"*.{kind}")))]
BARRED = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}


def test_imports_go_down_only() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, verbose=False) == EXIT_STATUS_SUCCESS


def test_no_file_is_named_for_nothing_in_particular() -> None:
    assert [path for path in WRITTEN if BARRED & {path.stem, *path.relative_to(ROOT).parts}] == []


def test_no_file_is_longer_than_300_lines() -> None:
    assert [path for path in WRITTEN if len(path.read_text().splitlines()) > 300] == []


def test_every_room_says_in_a_sentence_what_it_is_for() -> None:
    said = {path: ast.get_docstring(ast.parse(path.read_text())) or "" for path in FILES if path.name == "__init__.py"}
    assert [path for path, text in said.items() if " " not in text or "." not in text] == []


def test_a_room_is_entered_by_its_front() -> None:
    """`from hub.room.inside import …` is for the room itself; `hub/cli` runs a role's `main` by its name."""
    past = [
        f"{path.relative_to(ROOT)} reaches past the front of {module}"
        for path in FILES
        for module, _ in _imports(path)
        if module.count(".") > 1 and (ROOT / module.replace(".", "/")).with_suffix(".py").exists() and not _is_within(path, module)
    ]
    assert past == []


def test_only_what_a_front_shows_is_taken_from_a_room() -> None:
    hidden = [
        f"{path.relative_to(ROOT)} takes {name} from {module}"
        for path in FILES
        for module, name in _imports(path)
        if (ROOT / module.replace(".", "/") / "__init__.py").exists() and not _is_within(path, module)
        if name not in getattr(import_module(module), "__all__", [name]) and not (ROOT / module.replace(".", "/") / name).is_dir()
    ]
    assert hidden == []


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    """Every `from hub.… import name` of a file, wherever it stands in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("hub.", "connectors.")):
            yield from ((node.module, alias.name) for alias in node.names)


def _is_within(path: Path, module: str) -> bool:
    """Whether a file is in the room that a module is in."""
    return path.is_relative_to(ROOT / Path(*module.split(".")[:2]))


def test_the_locks_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["install"]
    runtime = _pinned("runtime")
    assert {_name(requirement) for requirement in wanted} <= runtime
    assert {_name(requirement) for requirement in project["dependency-groups"]["dev"]} | runtime <= _pinned("dev")


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_a_lock_names_no_index_and_hashes_everything(name: str) -> None:
    text = (ROOT / "infra/locks" / f"{name}.txt").read_text()
    assert "://" not in text
    assert "--index-url" not in text
    for entry in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in entry, entry


def _pinned(name: str) -> set[str]:
    text = (ROOT / "infra/locks" / f"{name}.txt").read_text()
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))


def _name(requirement: str) -> str:
    matched = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert matched
    return matched[0].lower().replace("_", "-").replace(".", "-")
