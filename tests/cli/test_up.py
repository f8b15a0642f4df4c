"""`tuo up` on a fresh home: everything real, in its own processes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from hub.cli.run import ROLES
from hub.local import Home, answers, environment_of, free_port, read_pids
from tests.cli.conftest import ROOT, Tuo, environment
from tests.waiting import await_that, is_gone


@dataclass
class Running:
    """A `tuo up`, and where everything is, as its ready file says."""

    process: subprocess.Popen[bytes]
    home: Home
    log: Path
    api: str
    urls: dict[str, str]  # where each role is looked at


@pytest.fixture(scope="module")
def up(session_folder: Path) -> Iterator[Running]:
    """One hub for this module's tests; the last of them stops it."""
    home, ready, recipients = Home(session_folder / "up"), session_folder / "ready.json", session_folder / "recipients"
    recipients.mkdir()
    (recipients / "one.yaml").write_text("organisation: one\n")
    with (session_folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", "up", "--port", "0", "--ready-file", str(ready)],
            env=environment(home.folder, TUO_RECIPIENTS_DIR=str(recipients), TUO_LEASES="3"),
            stdout=log,
            stderr=log,
            cwd=ROOT,
        )
    await_that(lambda: ready.exists() or process.poll() is not None, within=60)
    assert ready.exists(), (session_folder / "up.log").read_text()
    said = json.loads(ready.read_text())
    yield Running(process, home, session_folder / "up.log", said["api"], said["roles"])
    process.terminate()
    process.wait(60)


def test_it_says_where_everything_is_once_all_is_ready(up: Running) -> None:
    assert set(up.urls) == set(ROLES)
    for url in up.urls.values():
        assert httpx.get(f"{url}/health/ready").status_code == 200
        assert b"tuo_" in httpx.get(f"{url}/metrics").content
    assert httpx.get(f"{up.api}/health/ready").status_code == 200
    assert httpx.get(f"{up.api}/metrics").status_code == 404
    assert set(read_pids(up.home)) == {"postgres", "kafka", *ROLES}


def test_recipients_that_are_not_in_order_are_said_to_leave_nobody_told(up: Running) -> None:
    said = up.log.read_text()
    assert "one.yaml:1: " in said
    assert "! Nobody is told: there are no recipients." in said
    assert not re.search("✓ .*recipients", said)


def test_a_variable_that_no_setting_has_is_named(up: Running) -> None:
    assert "! There is no setting TUO_LEASES: nothing reads it. Did you mean TUO_LEASE?" in up.log.read_text()


def test_other_commands_in_the_same_home_find_it(up: Running) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "doctor", "--json"], env=environment(up.home.folder), capture_output=True, check=False
    )
    findings = {finding["what"]: finding["verdict"] for finding in json.loads(done.stdout)["findings"]}
    assert findings["ledger tables"] == findings["kafka"] == findings["API"] == "ok"


def test_what_is_set_is_looked_for_where_deliveries_are_sent(up: Running) -> None:
    found = environment_of(up.home, "deliver")
    assert found is not None
    assert found["TUO_RECIPIENTS_DIR"].endswith("recipients")
    assert environment_of(up.home, "nobody") is None


def test_a_second_one_in_this_home_gets_a_sentence(up: Running) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hub.cli", "up"], env=environment(up.home.folder), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert re.match(r"tuo: A hub is running in \S+ already\. Stop that one", done.stderr)


def test_it_listens_on_loopback_alone(up: Running) -> None:
    listening = [
        connection.laddr.ip
        for pid in read_pids(up.home).values()
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) <= {"127.0.0.1", "::ffff:127.0.0.1", "::1"}


@pytest.mark.parametrize("name", [*ROLES, "kafka", "postgres"])
def test_whatever_is_killed_is_back_and_ready(up: Running, name: str) -> None:
    before = read_pids(up.home)[name]
    os.kill(before, signal.SIGKILL)
    await_that(lambda: read_pids(up.home).get(name, before) != before, within=10)
    await_that(lambda: all(_is_ready(url) for url in up.urls.values()), within=40)
    host, _, port = up.home.settings().kafka_bootstrap.rpartition(":")
    await_that(lambda: answers(int(port), host))


def test_ctrl_c_leaves_nothing_running(up: Running) -> None:
    pids = read_pids(up.home)
    postgres = psutil.Process(pids["postgres"]).children()
    up.process.send_signal(signal.SIGINT)
    await_that(lambda: "Stopping …" in up.log.read_text(), within=2)
    assert up.process.wait(40) == 0
    assert all(map(is_gone, [*pids.values(), *(process.pid for process in postgres)]))
    assert not up.home.addresses.exists()


def test_a_port_that_is_taken_is_a_sentence_and_starts_nothing(tuo: Tuo, home_folder: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        said = tuo("up", "--port", str(port))
    assert said.returncode == 1
    assert f"tuo: Port {port} is taken. Stop who has it, or choose another: tuo up --port {port + 1000}" in said.stderr
    assert read_pids(Home(home_folder)) == {}


def test_a_kafka_that_is_not_at_the_address_given_is_a_sentence_and_starts_nothing(tuo: Tuo, home_folder: Path) -> None:
    said = tuo("up", "--port", "0", TUO_KAFKA_BOOTSTRAP="127.0.0.1:9")
    assert said.stderr == ("tuo: Kafka does not answer at 127.0.0.1:9. Is it running, and is the address in TUO_KAFKA_BOOTSTRAP right?\n")
    assert read_pids(Home(home_folder)) == {}


def test_half_of_a_served_database_is_refused(tuo: Tuo) -> None:
    said = tuo("up", "--port", "0", TUO_DATABASE_URL="postgresql://tuo@127.0.0.1/tuo")
    assert "give both TUO_DATABASE_URL and TUO_KEYSTORE_URL" in said.stderr


def _is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=3).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
