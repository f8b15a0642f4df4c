"""`tuo ingest FILE` as a person and a script see it."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from tests.conftest import Databases
from tests.intake.gro.extracts import SAMPLE, record, write


@pytest.fixture
def environment(postgres: Databases, tmp_path: Path) -> dict[str, str]:
    keys = {f"TUO_{name}_KEY": secrets.token_hex(32) for name in ("MASTER", "BLIND", "LINK")}
    urls = {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url}
    return {**os.environ, **keys, **urls, "TUO_HOME": str(tmp_path / "home")}


def ingest(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hub.cli", "ingest", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_script_reads_one_json_document(environment: dict[str, str]) -> None:
    done = ingest(environment, str(SAMPLE), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    document = orjson.loads(done.stdout)
    assert len(document.pop("taken")) == 13
    assert document == {"new": 13, "newer": 0, "older": 0, "repeated": 0, "refused": 0, "refusals": []}


def test_a_person_reads_which_lines_were_refused_and_the_exit_code_says_so(environment: dict[str, str], tmp_path: Path) -> None:
    path = write(tmp_path / "extract.xml", [record("1"), record("2", reason=9)])
    done = ingest(environment, str(path))
    assert done.returncode == 1
    assert "1  new" in done.stdout
    line = 1 + path.read_text()[: path.read_text().index("<RegistrationID>2<")].count("\n")
    assert f"line {line}: RecordUpdateReason: 1 to 5 is needed with RecordUpdateDateTime" in done.stdout


def test_a_wrong_total_is_a_sentence_and_nothing_is_taken(environment: dict[str, str], tmp_path: Path) -> None:
    path = write(tmp_path / "extract.xml", [record("1")], total=7)
    done = ingest(environment, str(path))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip() == "tuo: extract.xml: RecordCount says 7 and there are 1 records. Nothing was taken."
