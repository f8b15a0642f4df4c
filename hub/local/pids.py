"""The record of what runs in a home, and ending what a supervisor that was killed left there."""

import contextlib
import json
import os
from collections.abc import Mapping
from typing import Any

import psutil

from hub.local.home import Home, write_private

_CLOCK_STEPS = 2.0  # seconds; when a process began is told by the clock on the wall, which is set right now and then


def record_pids(home: Home, children: Mapping[str, int]) -> None:
    """Write who runs: tests and the benchmark find here whom to kill."""
    named = {name: {"pid": pid, "started": _started(pid)} for name, pid in children.items()}
    write_private(home.pids, json.dumps({"supervisor": os.getpid(), "children": named}))


def read_pids(home: Home) -> dict[str, int]:
    """The process id of every child that was running at the last change, by name."""
    return {name: child["pid"] for name, child in _recorded(home).items()}


def environment_of(home: Home, child: str) -> Mapping[str, str] | None:
    """What this child was started with; None where it does not run here, or is another user's."""
    recorded = _recorded(home).get(child)
    try:
        process = recorded and _running(recorded)
        return process.environ() if process else None
    except psutil.Error:
        return None


def end_leftovers(home: Home) -> None:
    """End the children of a supervisor that is gone. On Linux the system has done so already; elsewhere we do."""
    left = []
    for child in _recorded(home).values():
        with contextlib.suppress(psutil.NoSuchProcess):
            if process := _running(child):
                left += [process, *process.children(recursive=True)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    home.pids.unlink(missing_ok=True)


def _recorded(home: Home) -> dict[str, dict[str, Any]]:
    """`{"pid", "started"}` of each child, by name."""
    if not home.pids.exists():
        return {}
    children: dict[str, dict[str, Any]] = json.loads(home.pids.read_text())["children"]
    return children


def _running(child: Mapping[str, Any]) -> psutil.Process | None:
    """The process of a child, unless another has its id by now. Raises `psutil.NoSuchProcess`."""
    process = psutil.Process(child["pid"])
    return process if abs(process.create_time() - child["started"]) < _CLOCK_STEPS else None


def _started(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0
