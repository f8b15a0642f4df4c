"""Starting a process as a child that cannot outlive us, and stopping it."""

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hub.local.logs import last_lines

LOOPBACK = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerFailed(Exception):
    """A server ended, or did not become ready in time. The text says what it said last."""


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: `stop` asks it politely, `orphan` is what the system sends it if we are gone (Linux)."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop: signal.Signals = signal.SIGTERM
    orphan: signal.Signals = signal.SIGKILL
    patience: float = 20.0


class Server(Protocol):
    """A server we run: its command, and whether it answers yet."""

    def command(self) -> Command: ...

    def is_ready(self) -> bool: ...


def spawn(command: Command, log: Path) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its output appended to `log`.

    Call it from a thread that lives as long as the process: the system takes the end of that thread for ours.
    """
    parent = os.getpid()

    def before_it_runs() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(command.orphan))
            if os.getppid() != parent:
                os._exit(1)

    with log.open("ab") as output:
        return subprocess.Popen(
            command.argv,
            env={**os.environ, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=command.user,
            group=None if command.user is None else group_of(command.user),
            extra_groups=None if command.user is None else [],
            preexec_fn=before_it_runs,
        )


def ask_to_end(process: subprocess.Popen[bytes], command: Command) -> None:
    """Send the process the signal it stops on, where it still runs."""
    if process.poll() is None:
        process.send_signal(command.stop)


def await_end(process: subprocess.Popen[bytes], command: Command) -> int:
    """The exit code of a process that was asked to end; it is made to when it has not after `command.patience` seconds."""
    try:
        return process.wait(command.patience)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait()


@contextlib.contextmanager
def running(server: Server, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`server`, ready, for as long as the block lasts."""
    command = server.command()
    process = spawn(command, log)
    try:
        await_ready(server.is_ready, process, log)
        yield process
    finally:
        ask_to_end(process, command)
        await_end(process, command)


def await_ready(is_ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, within: float = 60.0) -> None:
    """Return when `is_ready`. Raises `ServerFailed` when the process ends first or `within` seconds pass."""
    until = time.monotonic() + within
    while not is_ready():
        if process.poll() is not None:
            raise ServerFailed(f"{log.stem} ended with code {process.returncode}. It said last:\n{last_lines(log)}")
        if time.monotonic() > until:
            raise ServerFailed(f"{log.stem} is not ready after {within:.0f} s. It said last:\n{last_lines(log)}")
        time.sleep(0.02)


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(1)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on, below those the system gives to outgoing connections.

    A client that keeps trying a port of that upper range while its server is down can connect to itself and so
    keep the server from coming back.
    """
    while not is_free(port := random.randrange(12_000, 32_000)):
        pass
    return port


def answers(port: int, host: str = LOOPBACK) -> bool:
    """Whether somebody takes connections on `port`."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def one_answers(bootstrap: str) -> bool:
    """Whether any of the brokers `bootstrap` names (`host:port,host:port`) takes connections. Kafka's clients look far longer."""
    brokers = (address.strip().rpartition(":") for address in bootstrap.split(","))
    return any(port.isdigit() and answers(int(port), host.strip("[]")) for host, _, port in brokers)


def group_of(user: str) -> int:
    """The main group of `user`."""
    import pwd

    return pwd.getpwnam(user).pw_gid
