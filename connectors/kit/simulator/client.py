"""Drives a simulator that runs in a process of its own."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx

from connectors.kit.simulator.behaviour import Behaviour
from connectors.kit.simulator.witness import Arrival


class SimulatorClient:
    """The control API in Python. Raises `httpx.HTTPStatusError` where the simulator refuses."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30.0, trust_env=False)
        self._next = 0
        self._seen: list[Arrival] = []

    def webhook(
        self, recipient: str, secrets: Sequence[str], key: str | None = None, behaviour: Behaviour | None = None, port: int = 0
    ) -> str:
        """Make a webhook recipient; where the hub sends to. `key`: its API key at the hub, with which it answers."""
        entry = {"secrets": list(secrets), "key": key, "behaviour": _plain(behaviour), "port": port}
        return str(self._put(f"/recipients/{recipient}", entry)["url"])

    def topic(self, recipient: str, bootstrap: str, group: str, behaviour: Behaviour | None = None) -> None:
        """Make a recipient that collects from its topic."""
        self._put(f"/recipients/{recipient}", {"kafka": bootstrap, "group": group, "behaviour": _plain(behaviour)})

    def behave(self, recipient: str, behaviour: Behaviour) -> None:
        """From now on so."""
        self._put(f"/recipients/{recipient}/behaviour", _plain(behaviour))

    def give_key(self, recipient: str, key: str) -> None:
        """The API key with which it answers from now on."""
        self._put(f"/recipients/{recipient}/key", {"key": key})

    def arrivals(self, recipient: str | None = None) -> list[Arrival]:
        """All that came so far, in order; to `recipient` alone where one is named."""
        while True:
            page = self._get(f"/arrivals?after={self._next}")
            self._seen += [Arrival(**arrival) for arrival in page["arrivals"]]
            self._next = page["next"]
            if not page["arrivals"]:
                return [arrival for arrival in self._seen if recipient in (None, arrival.recipient)]

    def contents(self) -> dict[str, Any]:
        """The events by message id, where the simulator keeps them."""
        return self._get("/contents")

    def office(self) -> dict[str, Any]:
        """How many answers the hub took, and with which statuses it refused others."""
        return self._get("/office")

    def close(self) -> None:
        self._http.close()

    def _put(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        return self._said(self._http.put(path, json=content))

    def _get(self, path: str) -> dict[str, Any]:
        return self._said(self._http.get(path))

    def _said(self, response: httpx.Response) -> dict[str, Any]:
        response.raise_for_status()
        said: dict[str, Any] = response.json()
        return said


@contextlib.contextmanager
def running_simulator(hub: str, *, file: Path | None = None, keep: bool = False) -> Iterator[SimulatorClient]:
    """A simulator in a process of its own, for as long as the block lasts. It ends with us, too: its input is our pipe."""
    argv = [sys.executable, "-m", "connectors.kit", "simulate", "--hub", hub, *(["--keep"] if keep else [])]
    if file is not None:
        argv += ["--file", str(file)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError("the simulator did not start")
        client = SimulatorClient(json.loads(line)["control"])
        try:
            yield client
        finally:
            client.close()
    finally:
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _plain(behaviour: Behaviour | None) -> dict[str, Any]:
    return (behaviour or Behaviour()).model_dump(mode="json")
