"""Running `tuo` as a person does: a process, in a folder of its own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hub.cli.kinds import checks
from hub.cli.stores import load_register
from hub.recipients import Register, read
from hub.settings import Settings
from tests.conftest import Databases

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


@pytest.fixture(scope="session")
def shipped() -> Register:
    """The register as shipped: read once, as its files are many."""
    found = read(ROOT / "infra/recipients", checks(Settings()))
    assert isinstance(found, Register), [str(fault) for fault in found]
    return found


@pytest.fixture
def registered(postgres: Databases, shipped: Register) -> Mapping[str, str]:
    """The variables of an installation whose ledger has the register as shipped."""
    asyncio.run(load_register(postgres.database_url, shipped))
    return {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url}
