"""`tuo ingest FILE` as a person and a script see it, for the formats that are somebody's own."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from joserfc.jwk import ECKey, KeySet

from hub.cases import group_reference
from tests.conftest import Databases
from tests.intake.documented import example
from tests.intake.secevents.conftest import Sender, claims
from tests.intake.table.tables import HEAD, MAP, TABLE, row

Tuo = Callable[..., subprocess.CompletedProcess[str]]
CSV = ("--map", "map.yaml", "--client", "registrars", "--json")


@pytest.fixture
def tuo(postgres: Databases, tmp_path: Path) -> Tuo:
    """`tuo` in a folder of its own, with a registrar and a hospital among its clients."""
    keys = {f"TUO_{name}_KEY": secrets.token_hex(32) for name in ("MASTER", "BLIND", "LINK")}
    urls = {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url}
    environment = {**os.environ, **keys, **urls, "TUO_HOME": str(tmp_path / "home"), "TUO_PUBLIC_URL": "https://hub.example.org"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hub.cli", *arguments]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)

    (tmp_path / "map.yaml").write_text(MAP)
    run("clients", "add", "Registrars", "--source-kind", "registrar")
    return run


def counts(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The counts in the document printed that are not 0."""
    assert done.stderr == ""
    return {name: count for name, count in orjson.loads(done.stdout).items() if name not in ("refusals", "taken") and count}


@pytest.mark.timeout(300)
def test_a_table_is_checked_then_taken_and_reading_it_again_changes_nothing(tuo: Tuo, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text(f"{TABLE}{row(103, sex='Planted')}\n{TABLE.splitlines()[1]}\n")
    checked = tuo("ingest", "table.csv", *CSV, "--check")
    assert (checked.returncode, counts(checked)) == (1, {"sound": 3, "refused": 1})
    first = tuo("ingest", "table.csv", *CSV, "--refused", "refused.csv")
    assert (first.returncode, counts(first)) == (1, {"new": 2, "repeated": 1, "refused": 1})
    assert orjson.loads(first.stdout)["refusals"] == [
        {"line": 4, "faults": [{"field": "Sex", "fault": "is not among the values of the map", "accepted": "F, M"}]}
    ]
    written = (tmp_path / "refused.csv").read_text().splitlines()
    assert written == ["line,field,fault,accepted", '4,Sex,is not among the values of the map,"F, M"']
    taken = orjson.loads(first.stdout)["taken"]
    assert [one["line"] for one in taken] == [2, 3, 5]
    assert taken[0]["reference"] == taken[2]["reference"]  # the repeat is of the same case
    again = tuo("ingest", "table.csv", *CSV[:-1], "--references", "references.csv")
    assert "repeated" in again.stdout
    written = (tmp_path / "references.csv").read_text().splitlines()
    assert written == ["line,reference", *(f"{one['line']},{one['reference']}" for one in taken)]
    assert f'line 2: tuo status "{group_reference(taken[0]["reference"])}"' in again.stdout
    over = tuo("ingest", "table.csv", *CSV, "--references", "table.csv")
    assert (over.returncode, "is there already" in over.stderr) == (1, True)
    assert counts(tuo("ingest", "table.csv", *CSV)) == {"repeated": 3, "refused": 1}
    table.write_text(f"{HEAD}\n{row(101, at='13/03/2026 10:00', name='Planted')}\n{row(102, at='12/03/2026 11:30')}\n")
    changed = tuo("ingest", "table.csv", *CSV)
    assert counts(changed) == {"newer": 1, "refused": 1}
    assert "came before with another content" in orjson.loads(changed.stdout)["refusals"][0]["faults"][0]["fault"]


@pytest.mark.timeout(300)
def test_what_a_client_may_not_claim_is_refused_and_a_check_says_so_before(tuo: Tuo, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    tuo("clients", "add", "Hospital", "--source-kind", "hospital")
    for more in (("--check",), ()):
        done = tuo("ingest", "table.csv", "--map", "map.yaml", "--client", "hospital", *more)
        assert done.returncode == 1
        assert "line 2:" in done.stdout
        assert "line 3:" in done.stdout


@pytest.mark.timeout(300)
def test_what_is_missing_or_cannot_be_is_a_sentence_that_says_what_to_do(tuo: Tuo, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "bad.yaml").write_text(MAP.replace("kind: bereavement", "kind: wedding"))
    (tmp_path / "other.csv").write_text(TABLE.replace("Sex", "Gender"))
    (tmp_path / "extract.xml").write_text("<html/>")
    for arguments, says in (
        (("table.csv",), "cannot be seen from how it begins"),
        (("table.csv", "--format", "csv", "--client", "registrars"), "What are its columns?"),
        (("table.csv", "--map", "map.yaml"), "Whose is it?"),
        (("table.csv", "--map", "map.yaml", "--client", "nobody"), "no active client"),
        (("table.csv", "--map", "bad.yaml", "--client", "registrars"), "bad.yaml:1: kind is not a kind the hub knows"),
        (("table.csv", "--map", "map.yaml", "--format", "nhs", "--client", "registrars"), "--map is for CSV"),
        (("other.csv", "--map", "map.yaml", "--client", "registrars"), 'no column "Sex"'),
        (("extract.xml", "--client", "registrars"), "leave --client out"),
        (("extract.xml",), "Nothing was taken"),
    ):
        done = tuo("ingest", *arguments)
        assert (done.returncode, done.stdout) == (1, ""), arguments
        assert says in done.stderr, arguments


@pytest.mark.timeout(300)
def test_nhs_events_are_read_from_a_file_each_or_from_lines(tuo: Tuo, tmp_path: Path) -> None:
    tuo("clients", "add", "NHS gateway", "--source-kind", "hospital")
    event = example("NHS event, version 1", "json")
    (tmp_path / "one.json").write_text(event)
    other = event.replace("1d0e0a4e", "2d0e0a4e").replace("1941-05-02", "1941-05-03")
    lines = [orjson.dumps(orjson.loads(one)).decode() for one in (event, other)]
    (tmp_path / "lines.json").write_text("\n".join([*lines, '{"type": "Planted"}', "{", "x" * 300_000, ""]))
    assert counts(tuo("ingest", "one.json", "--client", "nhs-gateway", "--json")) == {"new": 1}
    done = tuo("ingest", "lines.json", "--client", "nhs-gateway", "--json")
    assert counts(done) == {"new": 1, "repeated": 1, "refused": 3}
    assert [one["line"] for one in orjson.loads(done.stdout)["refusals"]] == [3, 4, 5]
    assert "Planted" not in done.stdout


@pytest.mark.timeout(300)
def test_tokens_are_read_from_lines_and_checked_by_the_client_s_keys(tuo: Tuo, tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256", parameters={"kid": "1"})
    sender, stranger = (Sender(None, {}, one) for one in (key, ECKey.generate_key("P-256")))  # type: ignore[arg-type]
    (tmp_path / "keys.json").write_bytes(orjson.dumps(KeySet([key]).as_dict(private=False)))
    (tmp_path / "private.json").write_bytes(orjson.dumps(KeySet([key]).as_dict(private=True)))
    (tmp_path / "tokens").write_text("\n".join([sender.token(claims()), stranger.token(claims(jti="2"))]))
    refused = tuo("clients", "add", "Platform", "--source-kind", "register", "--jwks", "private.json")
    assert refused.returncode == 1
    assert "private key" in refused.stderr
    assert tuo("clients", "add", "Platform", "--source-kind", "register", "--jwks", "keys.json").returncode == 0
    done = tuo("ingest", "tokens", "--client", "platform", "--json")
    assert counts(done) == {"new": 1, "refused": 1}
    assert orjson.loads(done.stdout)["refusals"][0]["line"] == 2
