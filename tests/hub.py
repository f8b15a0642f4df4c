"""A hub of a test's own: `tuo up` on a fresh home, reached over HTTP and known by its processes' ids."""

import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Self

import orjson
import psycopg

from hub.local import Home, read_pids
from hub.settings import Settings
from tests.waiting import await_that

_ROOT = Path(__file__).parents[1]
# In the order in which the kill scenarios take them.
ROLES = ("api", "relay", "plan", "deliver", "track", "clock")
SERVERS = ("kafka", "postgres")


class Hub:
    """Everything under one supervisor, on `port` or on free ports. A context manager: leaving stops it and keeps its logs."""

    def __init__(self, folder: Path, recipients: Path, environment: Mapping[str, str] | None = None, port: int = 0) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.home = Home(folder)
        self._port = port
        self._ready = folder / "ready.json"
        self._log = folder / "up.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TUO_")},
            "TUO_HOME": str(folder),
            "TUO_RECIPIENTS_DIR": str(recipients),
            "TUO_ALLOW_PRIVATE_ADDRESSES": "true",
            "TUO_LOG_LEVEL": "warning",
            **(environment or {}),
        }

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "hub.cli", "up", "--port", str(self._port), "--ready-file", str(self._ready)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment, cwd=_ROOT, stdout=log, stderr=log)
        try:
            await_that(lambda: self._ready.exists() or self._process.poll() is not None, 120, "the hub is up")
            if not self._ready.exists():
                raise RuntimeError(f"the hub ended at its start: {self._log.read_text()[-2000:]}")
            said = orjson.loads(self._ready.read_bytes())
            self.url: str = said["api"]
            self.urls: dict[str, str] = said["roles"]  # where each is looked at
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def settings(self) -> Settings:
        """Where its stores are."""
        return self.home.settings()

    def ledger(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of ours to its ledger, to look."""
        return psycopg.connect(self.settings().database_url, autocommit=True, connect_timeout=5)

    def pids(self) -> dict[str, int]:
        """Who runs now, by name, the supervisor too."""
        return {"supervisor": self._process.pid, **read_pids(self.home)}

    def send(self, name: str, number: signal.Signals) -> int:
        """Send a signal to one of its processes; the process's id."""
        pid = self.pids()[name]
        os.kill(pid, number)
        return pid

    def tuo(self, *arguments: str, within: float = 60.0) -> str:
        """What a `tuo` command says, run as an operator would. Raises `CalledProcessError`."""
        done = self.run(*arguments, within=within)
        done.check_returncode()
        return done.stdout

    def run(self, *arguments: str, within: float = 60.0) -> "subprocess.CompletedProcess[str]":
        """The same, however it ends."""
        command = [sys.executable, "-m", "hub.cli", *arguments]
        return subprocess.run(command, env=self.environment, cwd=_ROOT, capture_output=True, text=True, timeout=within, check=False)

    @cached_property
    def api_key(self) -> str:
        """The key of a client that may tell anything, as fast as it can."""
        return self.add_client("bench", "register", per_second=1_000_000)

    def add_client(self, name: str, source_kind: str, recipient: str | None = None, per_second: int = 10_000) -> str:
        """Add a client whose id is its name; its key."""
        key = f"tuo_{secrets.token_urlsafe(32)}"
        with self.ledger() as connection:
            connection.execute(
                "INSERT INTO client (id, name, source_kind, recipient, key_hash, per_second) VALUES (%s, %s, %s, %s, %s, %s)",
                (name, name, source_kind, recipient, hashlib.sha256(key.encode()).digest(), per_second),
            )
        return key
