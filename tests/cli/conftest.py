"""Running `tuo` as a person does: a process, in a folder of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Tuo = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]


def environment(home: Path, **variables: str) -> Mapping[str, str]:
    """The environment of a `tuo` whose home is `home`: nothing of ours but what is given."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TUO_")}
    return {**ours, "TUO_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "200", **variables}


@pytest.fixture
def tuo(home_folder: Path) -> Tuo:
    """`tuo(*arguments, **variables)`: the ended process, with what it said."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-m", "hub.cli", *arguments]
        return subprocess.run(argv, env=environment(home_folder, **variables), capture_output=True, text=True, timeout=60)

    return run
