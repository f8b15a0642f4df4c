"""Help teaches, and is quick because nothing is imported for it."""

import subprocess
import sys

import pytest

from hub.cli import COMMANDS
from tests.cli.conftest import ROOT, Tuo


def test_help_names_every_command_with_what_it_does(tuo: Tuo) -> None:
    said = tuo("--help")
    assert said.returncode == 0
    for name, summary in COMMANDS.items():
        assert name in said.stdout
        assert summary in said.stdout


def test_help_imports_no_part_of_the_hub_but_the_command_line() -> None:
    code = "import sys, hub.cli; print([m for m in sys.modules if m.startswith('hub.') and not m.startswith('hub.cli')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(tuo: Tuo, name: str) -> None:
    said = tuo(name, "--help")
    assert said.returncode == 0, said.stderr
    assert f"tuo {name}" in said.stdout


def test_a_mistyped_command_is_wrong_use(tuo: Tuo) -> None:
    said = tuo("statsu")
    assert said.returncode == 2
    assert "status" in said.stderr
