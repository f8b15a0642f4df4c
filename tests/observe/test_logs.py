"""Logs: one JSON object a line, of named fields only, whatever a caller or a library passes in."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

PLANTED = "Agnes Planted"

_SCRIPT = """
import logging
from uuid import UUID
from hub.observe import log, setup_logging, wide_events
from hub.settings import Settings
setup_logging(Settings(worker="7"), "plan")
name = "Agnes Planted"
log.info("case.planned", case=UUID(int=1), count=8, name=name, body={"name": name})
log.info("case.planned", cause={"name": name})
try:
    raise ValueError(f"no such person: {name}")
except ValueError:
    log.exception("case.failed", case="1")
    logging.getLogger("library").exception("could not read %s (%d)", name, 3)
logging.getLogger("library").error("gone: %r", ConnectionError(name))
log.debug("case.detail", case="1")
wide_events("attempt", [{"delivery": UUID(int=2), "outcome": "delivered", "took_ms": 4, "name": name}] * 2)
"""

# Every way in which Python itself, or a library, says what went wrong. A file, since a message's place is looked up.
_AROUND = """
import asyncio, functools, gc, logging, threading, warnings
import uvloop
from hub.observe import setup_logging
from hub.settings import Settings
setup_logging(Settings(), "plan")
name = "Agnes Planted"
def fails(*_):
    raise ValueError(name)
class Fails:
    def __del__(self):
        fails()
async def forget():
    fails()
async def main():
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(forget())
    loop.call_soon(functools.partial(fails, name))
    await asyncio.sleep(0.01)
    del task
    loop.create_future().set_exception(ValueError(name))
    gc.collect()
asyncio.run(main())
uvloop.run(main())
thread = threading.Thread(target=fails)
thread.start()
thread.join()
Fails()
warnings.warn(f"a warning of {name}")
logging.getLogger("library").error(f"could not read {name}")
logging.getLogger("library").error("could not read it")
logging.getLogger("library").error("could not read %(name)s", {"name": name})
fails()
"""


def lines(*script: str, ends: int = 0) -> list[dict[str, Any]]:
    run = subprocess.run([sys.executable, *(script or ("-c", _SCRIPT))], capture_output=True, env={**os.environ, "PYTHONPATH": "."})
    assert run.returncode == ends, run.stderr
    assert run.stdout == b""
    assert PLANTED.encode() not in run.stderr
    return [orjson.loads(line) for line in run.stderr.splitlines()]


def test_only_named_fields_of_plain_values_reach_the_log() -> None:
    planned, odd, failed, library, gone, *attempts = lines()
    assert (planned["event"], planned["role"], planned["worker"], planned["count"], planned["dropped"]) == (
        "case.planned",
        "plan",
        "7",
        8,
        2,
    )
    assert odd["cause"] == "dict"
    assert failed["exception"] == "builtins.ValueError"
    assert failed["where"]
    assert library["event"] == "could not read … (3)"
    assert gone["event"] == "gone: ConnectionError"
    assert [one["event"] for one in attempts] == ["attempt", "attempt"]
    assert attempts[0]["took_ms"] == 4


def test_what_nobody_catches_and_what_a_library_put_together_say_no_value(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_AROUND)
    said = lines(str(script), ends=1)
    for loop in (said[:3], said[3:6]):
        called, *forgotten = [one["event"] for one in loop]
        assert called.startswith("Exception in callback")
        assert forgotten == ["Task exception was never retrieved", "Future exception was never retrieved"]
    assert [one["event"] for one in said[6:]] == [
        "thread.crashed",
        "python.unraisable",
        "python.warned",
        "…",
        "could not read it",
        "could not read %(name)s",
        "role.crashed",
    ]
    assert all(one["where"] for one in said if "Future" not in one["event"]), "the place says what the message may not"
