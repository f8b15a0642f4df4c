"""Entries are read by libyaml where PyYAML's wheel has it, and just as well without."""

import subprocess
import sys
from pathlib import Path

_READ = """
import sys, yaml
from pathlib import Path
if "without" in sys.argv:
    del yaml.CSafeLoader
from hub.recipients.documents import read_document
for file in sorted(Path(sys.argv[1]).iterdir()):
    print(read_document(file))
"""
_FILES = {"good": "kind: a\nplaces:\n  - E07000243\n", "twice": "a: 1\na: 2\n", "deep": "places: " + "[" * 5_000, "unseen": "a: \x07\n"}


def _read(folder: Path, *how: str) -> list[str]:
    asked = [sys.executable, "-c", _READ, str(folder), *how]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()


def test_without_libyaml_files_are_read_the_same_and_have_the_same_faults(tmp_path: Path) -> None:
    for name, text in _FILES.items():
        (tmp_path / name).write_text(text)
    read = _read(tmp_path)
    assert len(read) == len(_FILES)
    assert _read(tmp_path, "without") == read
