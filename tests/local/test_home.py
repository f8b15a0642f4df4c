"""A home keeps its secrets to itself, and tells other commands where the hub listens."""

import json
import os
import stat
from pathlib import Path

import pytest

from hub.local import SECRETS, Home, HomeInUse, environment_of, load_settings
from hub.local.pids import record_pids


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("TUO_HOME", str(tmp_path / "home"))
    home = Home()
    home.prepare()
    return home


def secrets_of(home: Home) -> list[str]:
    settings = home.settings()
    return [getattr(settings, name).get_secret_value() for name in SECRETS]


def test_the_first_start_makes_secrets_and_later_ones_keep_them(home: Home) -> None:
    first = secrets_of(home)
    home.prepare()
    assert secrets_of(home) == first
    assert all(len(bytes.fromhex(secret)) == 32 for secret in first)
    assert len(set(first)) == len(SECRETS)


def test_nobody_else_can_read_what_is_secret(home: Home) -> None:
    home.write_addresses({"TUO_DATABASE_URL": "postgresql://tuo:word@127.0.0.1/tuo"})
    for path in (home.addresses, *home.secrets.iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700


def test_a_command_in_the_same_folder_finds_the_running_hub(home: Home) -> None:
    home.write_addresses({"TUO_KAFKA_BOOTSTRAP": "127.0.0.1:1234", "TUO_PORT": "8401"})
    settings = load_settings()
    assert (settings.kafka_bootstrap, settings.port) == ("127.0.0.1:1234", 8401)


def test_the_environment_comes_before_the_home(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home.write_addresses({"TUO_KAFKA_BOOTSTRAP": "127.0.0.1:1234"})
    monkeypatch.setenv("TUO_KAFKA_BOOTSTRAP", "kafka.example:9092")
    (tmp_path / "key").write_text("ab" * 32 + "\n")
    monkeypatch.setenv("TUO_MASTER_KEY_FILE", str(tmp_path / "key"))
    settings = load_settings()
    assert settings.kafka_bootstrap == "kafka.example:9092"
    assert settings.master_key.get_secret_value() == "ab" * 32


def test_the_environment_of_a_child_is_never_that_of_another_process_with_its_id(home: Home) -> None:
    record_pids(home, {"deliver": os.getpid()})
    found = environment_of(home, "deliver")
    assert found is not None
    assert found["PATH"] == os.environ["PATH"]
    recorded = json.loads(home.pids.read_text())
    recorded["children"]["deliver"]["started"] -= 60
    home.pids.write_text(json.dumps(recorded))
    assert environment_of(home, "deliver") is None


def test_a_home_has_one_owner_at_a_time(home: Home) -> None:
    with home.taken(), pytest.raises(HomeInUse, match="Stop that one"), Home(home.folder).taken():
        raise AssertionError("two owners")
    with home.taken():
        pass
