"""What is done to a hub and its recipients, and when: drawn from a seed, carried out beside the load."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from kafka.admin import KafkaAdminClient

from tests.bench.arrivals import Mode
from tests.bench.receiver import RECIPIENTS
from tests.bench.witness import Witness
from tests.hub import ROLES, SERVERS, Hub

MISBEHAVIOURS = tuple(mode for mode in Mode if mode is not Mode.UP)


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: kill, freeze, hold-down, delete-topics or misbehave. `whom`: a process, or a recipient's number."""

    at: float  # seconds from the start
    kind: str
    whom: str = ""
    lasts: float = 0.0
    mode: Mode = Mode.UP

    def __str__(self) -> str:
        how = f" {self.mode}" if self.kind == "misbehave" else ""
        lasts = f" for {self.lasts:.1f} s" if self.lasts else ""
        return f"{self.at:5.1f} s {self.kind} {self.whom}{how}{lasts}"


def kills(random: Random, seconds: float, whom: Sequence[str] = (*ROLES, *SERVERS)) -> list[Fault]:
    """Each of `whom` killed once, in a random order at random moments of `seconds`."""
    return [Fault(random.uniform(0.5, seconds), "kill", name) for name in random.sample(list(whom), len(whom))]


def misbehaviours(random: Random, seconds: float, count: int) -> list[Fault]:
    """`count` times a recipient misbehaves, in ways that are all used before one comes again."""
    modes = [mode for _ in range(1 + count // len(MISBEHAVIOURS)) for mode in random.sample(MISBEHAVIOURS, len(MISBEHAVIOURS))]
    return [
        Fault(random.uniform(0, seconds), "misbehave", str(random.randint(1, RECIPIENTS)), random.uniform(0.5, 3.0), mode)
        for mode in modes[:count]
    ]


@dataclass
class Trouble:
    """Carries out faults in a thread of its own; `done` says what was done and when (monotonic seconds)."""

    hub: Hub
    witness: Witness
    faults: Sequence[Fault]
    done: list[tuple[float, Fault]] = field(default_factory=list)
    failed: BaseException | None = None
    _until: dict[int, float] = field(default_factory=dict)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait until all is over, and let every recipient behave again. Raises what went wrong in the thread."""
        self._thread.join()
        self.witness.behave(Mode.UP)
        if self.failed:
            raise self.failed

    def _run(self) -> None:
        began = time.monotonic()
        steps: list[tuple[float, Fault, Callable[[], None]]] = []
        for fault in self.faults:
            steps.append((fault.at, fault, self._begin(fault)))
            if fault.kind in ("freeze", "misbehave"):
                steps.append((fault.at + fault.lasts, fault, self._end(fault)))
        try:
            for at, fault, act in sorted(steps, key=lambda step: step[0]):
                time.sleep(max(0.0, began + at - time.monotonic()))
                self.done.append((time.monotonic(), fault))
                act()
        except BaseException as error:
            self.failed = error
        finally:
            for pid in self._frozen:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    @property
    def _frozen(self) -> list[int]:
        return list(self._until)

    def _begin(self, fault: Fault) -> Callable[[], None]:
        match fault.kind:
            case "kill":
                return lambda: self._signal(fault.whom, signal.SIGKILL)
            case "freeze":
                return lambda: self._signal(fault.whom, signal.SIGSTOP)
            case "hold-down":
                return lambda: hold_down(self.hub, fault.whom, fault.lasts)
            case "delete-topics":
                return lambda: delete_topics(self.hub)
            case _:
                return lambda: self.witness.behave(fault.mode, int(fault.whom))

    def _end(self, fault: Fault) -> Callable[[], None]:
        if fault.kind == "freeze":
            return self._thaw
        return lambda: self.witness.behave(Mode.UP, int(fault.whom))

    def _signal(self, whom: str, number: signal.Signals) -> None:
        # A process that is just being started again has no living id for a moment.
        with contextlib.suppress(ProcessLookupError, KeyError):
            pid = self.hub.send(whom, number)
            if number == signal.SIGSTOP:
                self._until[pid] = time.monotonic()

    def _thaw(self) -> None:
        for pid in self._frozen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
            del self._until[pid]


def hold_down(hub: Hub, name: str, seconds: float) -> None:
    """Kill `name` whenever its supervisor has started it, for so long: a server that is gone for a while."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(ProcessLookupError, KeyError):
            hub.send(name, signal.SIGKILL)
        time.sleep(0.1)


def delete_topics(hub: Hub) -> None:
    """Delete every topic of the hub, as a careless operator would."""
    client: Any = KafkaAdminClient(bootstrap_servers=hub.settings().kafka_bootstrap)
    try:
        client.delete_topics([name for name in client.list_topics() if not name.startswith("__")])
    finally:
        client.close()


@contextlib.contextmanager
def another_deliverer(hub: Hub) -> Any:
    """A second worker beside the one `tuo up` runs, for as long as the block lasts."""
    environment = {**hub.environment, "TUO_WORKER": "2", "TUO_OBSERVE_PORT": "0"}
    log = (hub.home.logs / "deliver-2.log").open("ab")
    process = subprocess.Popen([sys.executable, "-m", "hub.cli", "run", "deliver"], env=environment, stdout=log, stderr=log)
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(15)
        finally:
            process.kill()
            log.close()
