"""What a person can put right is said in a sentence; a traceback is never shown."""

import asyncio
import re
import secrets
import time
from pathlib import Path

import pytest
from kafka.errors import KafkaConnectionError
from psycopg import OperationalError
from psycopg.conninfo import conninfo_to_dict

from hub import local
from hub.cli.faults import Plain, explain, report
from hub.privacy import Keys
from hub.store import open_pool
from tests.cli.conftest import Tuo
from tests.conftest import Databases

SECRETS = {f"TUO_{name.upper()}": secrets.token_hex(32) for name in local.SECRETS}


def addresses(postgres: Databases) -> dict[str, str]:
    return {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url, **SECRETS}


def test_missing_secrets_are_named_with_how_to_make_them(tuo: Tuo) -> None:
    said = tuo("run", "relay")
    assert said.returncode == 1
    assert said.stderr.startswith("tuo: TUO_MASTER_KEY is missing.")
    assert "openssl rand -hex 32" in said.stderr


def test_a_secret_that_is_none_is_refused_and_not_repeated(tuo: Tuo) -> None:
    said = tuo("run", "relay", **{**SECRETS, "TUO_BLIND_KEY": "hunter2"})
    assert said.stderr == "tuo: TUO_BLIND_KEY is not 32 bytes in hex, which is 64 digits.\n"


def test_a_wrong_password_is_a_sentence(tuo: Tuo, postgres: Databases) -> None:
    known = conninfo_to_dict(postgres.database_url)
    url = f"postgresql://tuo:hunter2@{known['host']}:{known['port']}/{known['dbname']}"
    said = tuo("run", "relay", **{**addresses(postgres), "TUO_DATABASE_URL": url})
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == (
        f"tuo: The database at 127.0.0.1:{known['port']} does not take this password. "
        "Put the right one into TUO_DATABASE_URL and TUO_KEYSTORE_URL.\n"
    )


@pytest.mark.parametrize("command", [("clients", "list"), ("deadletters", "list"), ("tasks", "close", "1")])
def test_an_ordinary_command_too_says_within_seconds_that_the_password_is_wrong(
    tuo: Tuo, postgres: Databases, command: tuple[str, ...]
) -> None:
    known = conninfo_to_dict(postgres.database_url)
    url = f"postgresql://tuo:hunter2@{known['host']}:{known['port']}/{known['dbname']}"
    began = time.monotonic()
    said = tuo(*command, **{**addresses(postgres), "TUO_DATABASE_URL": url})
    assert time.monotonic() - began < 15
    assert said.stderr.startswith(f"tuo: The database at 127.0.0.1:{known['port']} does not take this password.")
    assert said.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [("run", "relay"), ("clients", "list")])
def test_a_database_that_is_gone_is_a_sentence_that_names_the_address_given(tuo: Tuo, command: tuple[str, ...]) -> None:
    port = local.free_port()
    said = tuo(*command, TUO_DATABASE_URL=f"postgresql://tuo:word@127.0.0.1:{port}/tuo", **SECRETS)
    assert said.returncode == 1
    assert said.stderr == (
        f"tuo: The database at 127.0.0.1:{port} does not answer. Is it running, and is the address in TUO_DATABASE_URL right?\n"
    )


def test_where_no_address_is_given_the_hub_is_what_does_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TUO_HOME", str(tmp_path))
    for name in ("TUO_DATABASE_URL", "TUO_KEYSTORE_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    assert explain(OperationalError("refused")) == "No hub runs in this folder. `tuo up` starts one."
    local.Home().write_addresses({})
    assert explain(OperationalError("refused")) == "The database does not answer. Is the hub running? `tuo up` starts it."


def test_what_needs_secrets_says_that_no_hub_was_ever_started_here(tuo: Tuo) -> None:
    said = tuo("status", "PGHNFWC8C5MJ")
    assert (said.returncode, said.stderr) == (1, "tuo: No hub runs in this folder. `tuo up` starts one.\n")


def test_what_is_no_address_of_a_database_is_named_and_not_repeated(tuo: Tuo) -> None:
    said = tuo("up", TUO_DATABASE_URL="hunter2", TUO_KEYSTORE_URL="hunter2")
    assert said.returncode == 1
    assert said.stderr.startswith("tuo: TUO_DATABASE_URL: not the address of a PostgreSQL database; accepted: postgresql://")
    assert "TUO_KEYSTORE_URL" in said.stderr
    assert "hunter2" not in said.stderr


def test_a_database_that_was_never_made_is_a_sentence(tuo: Tuo, postgres: Databases) -> None:
    said = tuo("run", "relay", **{**addresses(postgres), "TUO_KEYSTORE_URL": postgres.keystore_url + "_none"})
    assert "has no database keys_" in said.stderr


def test_an_old_schema_says_what_brings_it_up_to_date(tuo: Tuo, postgres: Databases, postgres_server: local.Postgres) -> None:
    empty = postgres_server.create("empty")
    said = tuo("run", "relay", **{**addresses(postgres), "TUO_DATABASE_URL": empty})
    newest = re.sub("[0-9]{4}", "NNNN", said.stderr)
    assert newest == "tuo: The ledger database has tables of version none; this hub needs NNNN: tuo run migrate\n"
    done = tuo("run", "migrate", **{**addresses(postgres), "TUO_DATABASE_URL": empty, "TUO_RECIPIENTS_DIR": "/nowhere"})
    assert (done.returncode, done.stderr) == (0, "")
    postgres_server.drop("empty")


def test_a_role_under_another_master_key_does_not_start(tuo: Tuo, postgres: Databases) -> None:
    tuo("run", "migrate", **{**addresses(postgres), "TUO_RECIPIENTS_DIR": "/nowhere"})
    asyncio.run(_make_a_key(postgres.keystore_url))
    said = tuo("run", "api", **addresses(postgres))
    assert (said.returncode, said.stderr.split(" is not")[0]) == (1, "tuo: TUO_MASTER_KEY")


async def _make_a_key(url: str) -> None:
    async with await open_pool(url, size=1) as keystore:
        await Keys(keystore, bytes(32)).fresh(1)


def test_a_setting_that_cannot_be_is_named_without_its_value(tuo: Tuo) -> None:
    said = tuo("run", "relay", TUO_PORT="hunter2")
    assert said.stderr.startswith("tuo: TUO_PORT: ")
    assert "hunter2" not in said.stderr


def test_an_unknown_role_is_wrong_use(tuo: Tuo) -> None:
    assert tuo("run", "nobody").returncode == 2


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KafkaConnectionError(), "Kafka does not answer"),
        (ExceptionGroup("together", [ValueError("x"), Plain("this one is known")]), "this one is known"),
        (OSError(28, "No space left on device"), "The disk is full"),
        (OSError(98, "Address already in use"), "A port the hub needs is taken"),
        (FileNotFoundError(2, "No such file or directory", "/run/key"), "/run/key: No such file or directory."),
    ],
)
def test_what_goes_wrong_around_us_has_its_sentence(error: Exception, words: str) -> None:
    assert words in (explain(error) or "")


def test_the_unexpected_is_written_down_without_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TUO_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="Dorothy") as raised:
        raise ValueError("Dorothy Planted, 12 High Street")
    assert report(raised.value) == 1
    text = (tmp_path / "logs/tuo.log").read_text()
    assert "builtins.ValueError" in text
    assert "test_faults.py" in text
    assert "Dorothy" not in text
