"""Logs: one JSON object a line, of named fields only, whatever a caller or a library passes in."""

import os
import subprocess
import sys
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


def lines() -> list[dict[str, Any]]:
    run = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, check=True, env={**os.environ, "PYTHONPATH": "."})
    assert run.stdout == b""
    assert PLANTED.encode() not in run.stderr
    return [orjson.loads(line) for line in run.stderr.splitlines() if line.startswith(b"{")]


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
