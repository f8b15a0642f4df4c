"""The record of what runs in a home, and ending what a supervisor that was killed left there."""

import contextlib
import json
import os
from collections.abc import Mapping

import psutil

from hub.local.home import Home, write_private


def record_pids(home: Home, children: Mapping[str, int]) -> None:
    """Write who runs: tests and the benchmark find here whom to kill."""
    named = {name: {"pid": pid, "started": _started(pid)} for name, pid in children.items()}
    write_private(home.pids, json.dumps({"supervisor": os.getpid(), "children": named}))


def read_pids(home: Home) -> dict[str, int]:
    """The process id of every child that was running at the last change, by name."""
    if not home.pids.exists():
        return {}
    return {name: child["pid"] for name, child in json.loads(home.pids.read_text())["children"].items()}


def environment_of(home: Home, child: str) -> Mapping[str, str] | None:
    """What this child was started with; None where it does not run here, or is another user's."""
    pid = read_pids(home).get(child)
    try:
        return None if pid is None else psutil.Process(pid).environ()
    except psutil.Error:
        return None


def end_leftovers(home: Home) -> None:
    """End the children of a supervisor that is gone. On Linux the system has done so already; elsewhere we do."""
    if not home.pids.exists():
        return
    left = []
    for child in json.loads(home.pids.read_text())["children"].values():
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(child["pid"])
            if process.create_time() == child["started"]:
                left += [process, *process.children(recursive=True)]
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=10)
    home.pids.unlink()


def _started(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0
