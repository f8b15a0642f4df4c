"""What documents and comments name is there."""

import re
from importlib import import_module
from pathlib import Path

from hub.cli.run import ROLES

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = [path for part in ("hub", "connectors", "schemas") for path in sorted((ROOT / part).rglob("*.py"))]
_FILE = re.compile(r"(?:docs|tests|hub|connectors|schemas|infra)/[\w/.-]*\.(?:py|md|sql|toml|yaml)\b")
_DOCUMENT = re.compile(r"([\w/-]+)\.md\b|(docs/decisions(?:/\d+)?)")
_ROOM = re.compile(r"^\| `(schemas|hub\.[\w.]+)` \| (.+) \|$", re.MULTILINE)
_NAME = re.compile(r"`([A-Za-z_]\w*)(?:\(\))?`")


def test_every_file_that_a_document_names_is_there() -> None:
    assert [f"{path.name}: {name}" for path in DOCUMENTS for name in _FILE.findall(path.read_text()) if not (ROOT / name).is_file()] == []


def test_every_document_that_a_comment_names_is_there() -> None:
    named = [(path, name or record) for path in CODE for name, record in _DOCUMENT.findall(path.read_text())]
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in named if not list(ROOT.glob(f"{name}*.md"))] == []


def test_every_room_is_in_the_table_and_offers_what_it_says() -> None:
    rooms = dict(_ROOM.findall((ROOT / "docs/architecture.md").read_text()))
    assert {"schemas", *(f"hub.{path.parent.name}" for path in (ROOT / "hub").glob("*/__init__.py"))} - rooms.keys() == set()
    missing = [
        f"{room} does not offer {name}"
        for room, offers in rooms.items()
        for name in set(_NAME.findall(offers)) - ROLES.keys()
        if name not in getattr(import_module(room), "__all__", ())
    ]
    assert missing == []
