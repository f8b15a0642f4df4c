"""The receiver and the publishers as processes of their own, seen from the run that commands them."""

import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

import orjson

from hub.local import free_port
from tests.bench.arrivals import Arrival, Mode, load
from tests.bench.events import Told
from tests.bench.receiver import RECIPIENTS

_ROOT = Path(__file__).parents[2]


def _spawn(module: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, cwd=_ROOT)


def _pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


class Witness:
    """The eight recipients (`tests.bench.receiver`); a context manager."""

    def __init__(self, folder: Path) -> None:
        self._dump = folder / "arrivals.json"
        self.ports = [free_port() for _ in range(RECIPIENTS)]
        self._process = _spawn("tests.bench.receiver", *self.ports)
        self.pid = self._process.pid
        _pipes(self._process)[1].readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        for pipe in _pipes(self._process):
            pipe.close()
        self._process.wait(10)

    @property
    def urls(self) -> list[str]:
        """Where each recipient listens."""
        return [f"http://127.0.0.1:{port}/r/{number}" for number, port in enumerate(self.ports, 1)]

    def _command(self, line: str) -> dict[str, Any]:
        commands, answers = _pipes(self._process)
        commands.write(line + "\n")
        commands.flush()
        answer: dict[str, Any] = orjson.loads(answers.readline())
        return answer

    def behave(self, mode: Mode, recipient: int | None = None) -> None:
        """From now on recipient `recipient`, or everyone, behaves so."""
        self._command(f"mode {recipient or 'all'} {mode}")

    def delay(self, seconds: float) -> None:
        """How long `Mode.SLOW` takes."""
        self._command(f"delay {seconds}")

    def forget(self) -> None:
        """Start a new record."""
        self._command("forget")

    def count(self) -> tuple[int, float]:
        """How many messages came, and when the last one."""
        answer = self._command("count")
        return answer["count"], answer["last"]

    def told(self) -> int:
        """How many deaths reached how many recipients: repeats are not counted."""
        count: int = self._command("count")["told"]
        return count

    def arrivals(self) -> list[Arrival]:
        """The record so far."""
        self._command(f"dump {self._dump}")
        return load(self._dump)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: monotonic seconds, the last status (0: none), the tries, and the body where it was kept."""

    first: float
    answered: float
    status: int
    tries: int
    body: str


@dataclass(frozen=True, slots=True)
class Load:
    """A workload for the publishers. `pace` is requests a second, None as fast as they can; `batch` events go to one request.

    What is told of one death goes through one client, in order. `times`: when each is due, in place of a pace.
    """

    told: Sequence[Told]
    pace: float | None = None
    batch: int = 1
    keep: bool = False
    patience: float = 60.0
    times: Sequence[float] = ()

    def requests(self, clients: int) -> list[tuple[float, int, str, str]]:
        """When, by which client, under which Idempotency-Key, and the body, of each request."""
        bodies = [(told.key, told.number, told.body) for told in self.told]
        if self.batch > 1:
            slices = [self.told[start : start + self.batch] for start in range(0, len(self.told), self.batch)]
            joined = [b"[" + b",".join(told.body for told in part) + b"]" for part in slices]
            # A batch has no key of its own: each event's source and id is one.
            bodies = [("", number, body) for number, body in enumerate(joined)]
        times = self.times or [index / self.pace if self.pace else 0.0 for index in range(len(bodies))]
        return [(at, number % clients, key, body.decode()) for at, (key, number, body) in zip(times, bodies, strict=True)]


class Publishers:
    """16 clients in a process of their own (`tests.bench.loader`), prepared and waiting to start."""

    def __init__(self, folder: Path, url: str, api_key: str, load: Load, clients: int = 16) -> None:
        host, port = url.removeprefix("http://").split(":")
        kind = "application/cloudevents-batch+json" if load.batch > 1 else "application/cloudevents+json"
        head = f"POST /v1/notifications HTTP/1.1\r\nhost: {host}:{port}\r\nauthorization: Bearer {api_key}\r\ncontent-type: {kind}\r\n"
        plan = folder / "plan.json"
        plan.write_bytes(
            orjson.dumps(
                {
                    "host": host,
                    "port": int(port),
                    "head": head,
                    "clients": clients,
                    "requests": load.requests(clients),
                    "patience": load.patience,
                    "keep": load.keep,
                }
            )
        )
        self._result = folder / "sent.json"
        self._process = _spawn("tests.bench.loader", plan, self._result)
        self.pid = self._process.pid
        _pipes(self._process)[1].readline()

    def start(self) -> None:
        """Let them go."""
        commands, _ = _pipes(self._process)
        commands.write("go\n")
        commands.flush()

    def is_done(self) -> bool:
        return self._process.poll() is not None

    def result(self, within: float = 300.0) -> list[Answer]:
        """What came of each request, in the order of the workload. Raises `TimeoutExpired`."""
        try:
            self._process.wait(within)
        finally:
            self.stop()
        return [Answer(*row) for row in orjson.loads(self._result.read_bytes())["sent"]]

    def stop(self) -> None:
        """End the process if it runs."""
        with ExitStack() as stack:
            for pipe in _pipes(self._process):
                stack.callback(pipe.close)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
