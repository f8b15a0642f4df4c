"""Keeps a set of processes running: starts them, restarts at once what dies, and leaves nothing behind."""

import contextlib
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.local.home import Home
from hub.local.logs import keep_short, last_lines
from hub.local.pids import record_pids
from hub.local.process import Command, ServerFailed, ask_to_end, await_end, spawn

SHORT_LIFE = 5.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 4.0
_LONGEST_START = 60.0
_ROUND = 1.0
Say = Callable[[str], None]


@dataclass(slots=True)
class Child:
    """One process to keep running. `is_ready` says whether it does its work; it is asked often while it starts."""

    name: str
    command: Command
    is_ready: Callable[[], bool]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float | None = None
    short_lives: int = 0

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self.process is not None and self.process.poll() is None


class Ended(Exception):
    """SIGINT or SIGTERM came, or the terminal went."""


class Supervisor:
    """Owns the children of one home. A context manager for the main thread: leaving stops them all.

    After SIGINT or SIGTERM the next `await_ready`, `watch` or `heed` raises `Ended`.
    """

    def __init__(self, home: Home, say: Say) -> None:
        self._home = home
        self._say = say
        self._groups: list[list[Child]] = []
        self._ending = False
        self._cleanup = contextlib.ExitStack()

    def start(self, *children: Child) -> None:
        """Start `children`. They are stopped side by side, before those started earlier."""
        self._groups.append(list(children))
        for child in children:
            self._spawn(child)

    def await_ready(self, *children: Child, within: float = _LONGEST_START) -> None:
        """Return when all `children` are ready; what dies meanwhile is started again.

        Raises `ServerFailed` with the last lines of its log for one that dies twice or is not ready after `within` seconds.
        """
        until = time.monotonic() + within
        waiting = list(children)
        while waiting := [child for child in waiting if not (child.runs and child.is_ready())]:
            self._turn(0.03)
            for child in waiting:
                if child.short_lives > 1 or time.monotonic() > until:
                    raise ServerFailed(f"{child.name} does not start. It said last:\n{last_lines(self._log(child))}")

    def heed(self) -> None:
        """Raise `Ended` if a signal to end came: for whoever does something long between two starts."""
        if self._ending:
            raise Ended

    def watch(self) -> None:
        """Keep everything running, and its logs short."""
        while True:
            self._turn(_ROUND)
            for child in self._children():
                keep_short(self._log(child))

    def __enter__(self) -> "Supervisor":
        self._wakened, waker = socket.socketpair()
        for end in (self._wakened, waker):
            end.setblocking(False)
            self._cleanup.enter_context(end)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            self._cleanup.callback(signal.signal, number, signal.signal(number, self._on_signal))
        self._cleanup.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False))
        return self

    def __exit__(self, *_: object) -> None:
        # The terminal may be gone, or who reads what is said (rich makes that a SystemExit); what runs is to be stopped all the same.
        with contextlib.suppress(OSError, SystemExit):
            if self._groups:
                self._say("Stopping …")
        for group in reversed(self._groups):
            _stop_together(group)
        self._home.pids.unlink(missing_ok=True)
        self._cleanup.close()

    def _on_signal(self, number: int, _: object) -> None:
        self._ending = self._ending or number != signal.SIGCHLD

    def _turn(self, seconds: float) -> None:
        """Start again what died, then wait for the next signal or `seconds`."""
        now = time.monotonic()
        for child in self._children():
            if child.process is not None and not child.runs:
                self._note_death(child, child.process.returncode, now)
            if child.due is not None and child.due <= now:
                self._spawn(child)
        pauses = [child.due - now for child in self._children() if child.due is not None]
        select.select([self._wakened], [], [], min([seconds, *pauses]))
        with contextlib.suppress(BlockingIOError):
            self._wakened.recv(4096)
        self.heed()

    def _note_death(self, child: Child, code: int, now: float) -> None:
        child.short_lives = child.short_lives + 1 if now - child.started < SHORT_LIFE else 0
        pause = pause_after(child.short_lives)
        child.process, child.due = None, now + pause
        self._say(f"{child.name} ended ({ending(code)}); " + (f"starting it again in {pause:g} s" if pause else "started again"))
        if child.short_lives == 3:
            log = self._log(child)
            self._say(f"{child.name} keeps ending. Its log is {log}; it said last:\n{last_lines(log)}")

    def _spawn(self, child: Child) -> None:
        child.process = spawn(child.command, self._log(child))
        child.started, child.due = time.monotonic(), None
        record_pids(self._home, {c.name: c.process.pid for c in self._children() if c.process is not None})

    def _children(self) -> Iterator[Child]:
        return (child for group in self._groups for child in group)

    def _log(self, child: Child) -> Path:
        return self._home.logs / f"{child.name}.log"


def pause_after(short_lives: int) -> float:
    """Seconds before the next start after so many lives in a row that ended within `SHORT_LIFE`: the first is free."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (short_lives - 2)) if short_lives > 1 else 0.0


def ending(code: int) -> str:
    """An exit code in words: `signal SIGKILL`, `code 1`. Nobody here asked for the end; a server that somebody else asked ends with 0."""
    if code == 0:
        return "code 0, as when it is asked to"
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _stop_together(children: Sequence[Child]) -> None:
    for act in (ask_to_end, await_end):
        for child in children:
            if child.process is not None:
                act(child.process, child.command)
