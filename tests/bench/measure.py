"""What each process costs: CPU from /proc through restarts, and memory as proportional set size. Linux only."""

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

_PROC = Path("/proc")
_TICK = 1.0 / os.sysconf("SC_CLK_TCK")
_EVERY = 0.5  # seconds: what a killed process used since the last look is lost
_MEMORY_EVERY = 4  # looks


@dataclass(frozen=True, slots=True)
class Seen:
    """One process at one moment; `started` tells it from a later one with the same pid."""

    pid: int
    parent: int
    started: int
    cpu: float  # seconds, user and system


def see(pid: int) -> Seen | None:
    """The process now, or None where it is gone."""
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # Fields after the name, which may hold anything in brackets: proc_pid_stat(5), from field 3 on.
    fields = text.rpartition(")")[2].split()
    return Seen(pid, int(fields[1]), int(fields[19]), (int(fields[11]) + int(fields[12])) * _TICK)


def with_children(roots: Mapping[str, int]) -> dict[int, str]:
    """Every process at or below a root, by pid, under the root's name."""
    parents = {seen.pid: seen.parent for entry in _PROC.iterdir() if entry.name.isdigit() and (seen := see(int(entry.name)))}
    names = {pid: name for name, pid in roots.items()}
    found: dict[int, str] = {}
    for pid in parents:
        at: int | None = pid
        while at is not None and at not in names:
            at = parents.get(at)
        if at is not None:
            found[pid] = names[at]
    return found


def memory_mb(pids: Iterable[int]) -> float:
    """Proportional set size of the processes, summed: shared pages are counted once."""
    total = 0
    for pid in pids:
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


@dataclass
class Meter:
    """Looks at the processes twice a second for as long as its block lasts. `roots` is asked anew at each look."""

    roots: Callable[[], Mapping[str, int]]
    cpu: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))  # seconds, by name
    memory: float = 0.0  # MB, the most at one moment
    _last: dict[tuple[int, int], float] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._look(count=False)
        self.memory = memory_mb(with_children(self.roots()))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._stop.set()
        self._thread.join()
        self._look()
        self.memory = max(self.memory, memory_mb(with_children(self.roots())))

    def _watch(self) -> None:
        looks = 0
        while not self._stop.wait(_EVERY):
            self._look()
            looks += 1
            if looks % _MEMORY_EVERY == 0:
                self.memory = max(self.memory, memory_mb(with_children(self.roots())))

    def _look(self, count: bool = True) -> None:
        for pid, name in with_children(self.roots()).items():
            if seen := see(pid):
                key = (seen.pid, seen.started)
                # A process first seen after the start spent all its time inside the measurement.
                used = seen.cpu - self._last.get(key, 0.0)
                self._last[key] = seen.cpu
                if count:
                    self.cpu[name] += used


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0…1) of `values` lie, nearest rank; 0 for none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0


def recovered_after(times: Sequence[float], since: float, until: float, rate: float) -> float:
    """Seconds after `since` at which arrivals were back at 90 % of `rate` a second and stayed, up to `until`.

    Rates are taken over half a second. A dip to no less than half the rate is the unevenness of arrivals and no outage.
    """
    window, step = 0.5, 0.05
    counted = sorted(at for at in times if since - window <= at <= until)
    back, at, dipped, deep = 0.0, since, False, False
    left = right = 0
    while at + window <= until:
        while left < len(counted) and counted[left] < at:
            left += 1
        right = max(right, left)
        while right < len(counted) and counted[right] < at + window:
            right += 1
        share = (right - left) / window / rate
        dipped, deep = share < 0.9, share < 0.9 and (deep or share < 0.5)
        at += step
        if deep:
            back = at - since
    return round(until - since if dipped and deep else back, 2)


def machine_cpu() -> float:
    """Seconds of CPU all processes of the machine have used, idle and waiting left out."""
    with (_PROC / "stat").open() as file:
        fields = [int(number) for number in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) * _TICK


def await_quiet(cores: int, within: float = 30.0) -> float:
    """Wait until the machine is less than a tenth busy, so that a run measures itself; how busy it was at the end (0…1)."""
    until = time.monotonic() + within
    while True:
        start, used = time.monotonic(), machine_cpu()
        time.sleep(0.5)
        busy = (machine_cpu() - used) / (time.monotonic() - start) / cores
        if busy < 0.1 or time.monotonic() > until:
            return busy
