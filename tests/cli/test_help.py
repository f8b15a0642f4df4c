"""Help teaches, and is quick because nothing is imported for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from hub.cli import COMMANDS
from tests.cli.conftest import ROOT, Tuo, environment


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


def test_a_flag_does_not_look_as_if_it_took_a_value(tuo: Tuo) -> None:
    for command in ((), ("status",), ("recipients", "check")):
        assert "<bool>" not in tuo(*command, "--help").stdout


@pytest.mark.parametrize("on_path", [True, False])
def test_commands_are_shown_as_they_work_in_this_shell(home_folder: Path, on_path: bool) -> None:
    program = Path(sys.executable).with_name("tuo")
    path = f"{program.parent}:/usr/bin:/bin" if on_path else "/usr/bin:/bin"
    done = subprocess.run(
        [program, "recipients", "pause", "--help"], env=environment(home_folder, PATH=path), capture_output=True, text=True, check=True
    )
    assert (f" {program} recipients resume" in done.stdout) is not on_path
    assert (" tuo recipients resume" in done.stdout) is on_path


def test_a_mistyped_command_is_wrong_use(tuo: Tuo) -> None:
    said = tuo("statsu")
    assert said.returncode == 2
    assert "status" in said.stderr
