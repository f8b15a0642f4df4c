"""What this machine can do today, measured before each run, so that runs on other days compare as ratios.

Two numbers: HTTP posts a second where the receiver and one publisher share a single core, and single-row inserts a
second, each committed with fsync, into the embedded PostgreSQL over one connection.
"""

import os
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from hub.local import Postgres, running
from tests.bench.events import tell
from tests.bench.witness import Load, Publishers, Witness

_POSTS = 12_000
_INSERT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Higher is faster. Ratios to these are what may be compared between machines."""

    posts_per_second_one_core: float
    fsynced_inserts_per_second: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def measure(folder: Path) -> Yardstick:
    """Takes about five seconds."""
    return Yardstick(round(_posts(folder)), round(_inserts(folder)))


def _posts(folder: Path) -> float:
    load = Load([tell(number) for number in range(_POSTS)])
    with Witness(folder) as witness:
        publishers = Publishers(folder, f"http://127.0.0.1:{witness.ports[0]}", "none", load)
        core = {min(os.sched_getaffinity(0))}
        for pid in (witness.pid, publishers.pid):
            os.sched_setaffinity(pid, core)
        publishers.start()
        sent = publishers.result()
    return len(sent) / (max(answer.answered for answer in sent) - min(answer.first for answer in sent))


def _inserts(folder: Path) -> float:
    body = tell(1).body
    with tempfile.TemporaryDirectory(dir=folder) as home:
        server = Postgres(Path(home) / "server")
        server.prepare()
        with running(server, Path(home) / "postgres.log"), psycopg.connect(server.create("yardstick"), autocommit=True) as connection:
            connection.execute("CREATE TABLE told (id bigint PRIMARY KEY, body bytea NOT NULL)")
            start, count = time.monotonic(), 0
            while time.monotonic() < start + _INSERT_SECONDS:
                connection.execute("INSERT INTO told VALUES (%b, %b)", (count, body), prepare=True)
                count += 1
            return count / (time.monotonic() - start)
