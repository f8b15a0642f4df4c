"""`python -m connectors.kit receive` as a person uses it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.contract import Delivered, Endpoint, EndpointFault
from connectors.webhook import WebhookConnector
from hub.local import free_port
from tests.contract.rigs import a_secret, parcels
from tests.delivery.receiver import Receiver, always
from tests.waiting import until


class Parish:
    """The command in a folder, with a key at a hub; what it says goes into a file."""

    def __init__(self, folder: Path, hub: Receiver) -> None:
        self.output, self.secret, self.port = folder / "events.jsonl", a_secret(), free_port()
        self.endpoint = Endpoint("parish", {"url": f"http://127.0.0.1:{self.port}/in", "secrets": [self.secret]})
        self._said = folder / "said"
        self._hub = f"http://127.0.0.1:{hub.port}"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Until Ctrl-C."""
        arguments = ["--port", str(self.port), "--hub", self._hub, "--output", str(self.output)]
        variables = {"TUO_WEBHOOK_SECRETS": self.secret, "TUO_RECIPIENT_KEY": "tuo_key"}
        with self._said.open("w") as said:
            process = subprocess.Popen(_command(*arguments), env=_environment(**variables), stdout=said, stderr=said)
            try:
                yield
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(20)
        assert process.returncode == 0, self.said()

    def said(self) -> str:
        return self._said.read_text()


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "connectors.kit", "receive", *arguments]


def _environment(**variables: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TUO_")}
    return {**ours, "COLUMNS": "200", **variables}


def refused(*arguments: str, **variables: str) -> str:
    """What it says when it does not start."""
    done = subprocess.run(_command(*arguments), env=_environment(**variables), capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(("status", "why"), [(401, "the hub does not know this key"), (403, "this is not a recipient's key")])
async def test_with_a_wrong_key_it_says_so_and_answers_at_the_next_start(
    tmp_path: Path, hub: Receiver, connector: WebhookConnector, status: int, why: str
) -> None:
    parish = Parish(tmp_path, hub)
    (parcel,) = parcels(1)
    hub.behaviour = always(status, {"content-type": "application/problem+json"})
    with parish.running():
        await until(lambda: "Listening" in parish.said(), 20)
        assert await connector.send(parish.endpoint, [parcel]) == [Delivered(200)]
        await until(lambda: f"the answer to {parcel.message} waits: {why} ({status})" in parish.said())
    assert "TUO_RECIPIENT_KEY" in parish.said()
    assert "1 not answered yet" in parish.said()
    told = len(hub.arrivals)
    hub.behaviour = always(200)
    with parish.running():
        await until(lambda: len(hub.arrivals) > told, 20)
        assert parcel.message in hub.arrivals[-1].path


async def test_it_says_where_it_listens_what_came_and_what_was_refused(tmp_path: Path, hub: Receiver, connector: WebhookConnector) -> None:
    parish = Parish(tmp_path, hub)
    parcel, forged = parcels(2)
    with parish.running():
        await until(lambda: f"Listening on 127.0.0.1, port {parish.port}. Events go into {parish.output}" in parish.said(), 20)
        await connector.send(parish.endpoint, [parcel])
        await until(lambda: f"{parcel.message} notified" in parish.said())
        another = Endpoint("parish", {**parish.endpoint.settings, "secrets": [a_secret()]})
        assert await connector.send(another, [forged]) == [EndpointFault("http-401", 401)]
        await until(lambda: "no secret here has signed it" in parish.said())
    assert forged.message not in parish.said()


def test_a_hub_without_a_key_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "events.jsonl"
    said = refused("--hub", "http://127.0.0.1:1", "--output", str(output), TUO_WEBHOOK_SECRETS=a_secret(), TUO_RECIPIENT_KEY="")
    assert "TUO_RECIPIENT_KEY is empty" in said


@pytest.mark.parametrize("secret", ["abc", "whsec_c2hvcnQ=", "whsec_thisIsNoSecretAtAll!"])
def test_what_is_no_secret_is_refused_and_not_repeated(tmp_path: Path, secret: str) -> None:
    said = refused("--output", str(tmp_path / "events.jsonl"), TUO_WEBHOOK_SECRETS=secret)
    assert "a signing secret is whsec_ and base64 of 24 bytes or more" in said
    assert secret not in said


def test_a_port_that_is_taken_is_refused_with_the_option(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused("--port", str(port), "--output", str(tmp_path / "events.jsonl"), TUO_WEBHOOK_SECRETS=a_secret())
    assert "--port" in said
    assert f"127.0.0.1, port {port}: Address already in use" in said


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = refused("--output", str(tmp_path / "nowhere/events.jsonl"), TUO_WEBHOOK_SECRETS=a_secret())
    assert "cannot be kept: name a new file" in said


@pytest.mark.parametrize("command", ["consume", "receive", "simulate"])
def test_a_flag_does_not_look_as_if_it_took_a_value(command: str) -> None:
    done = subprocess.run([sys.executable, "-m", "connectors.kit", command, "--help"], capture_output=True, text=True, timeout=30)
    assert "--help" in done.stdout
    assert "<bool>" not in done.stdout
