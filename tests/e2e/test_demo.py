"""`tuo demo`, as a newcomer runs it: everything real, everything accounted for, and nothing left behind."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import orjson
import psutil
import pytest

from hub.local import Home, read_pids
from tests.waiting import await_that

_PROJECT = Path(__file__).parents[2]
_LINE = re.compile(r"^\d\d:\d\d:\d\d  (?P<case>\S{4} \S{4} \S{4})  (?P<recipient>.+): (?P<state>[a-z ]+)$", re.MULTILINE)


@dataclass
class Stage:
    """A home for demos, and one of them running in it."""

    home: Path
    output: Path
    running: "subprocess.Popen[bytes] | None" = None

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        with self.output.open("wb") as file:
            return self.start_into(file, *options)

    def start_into(self, output: IO[bytes] | int, *options: str) -> "subprocess.Popen[bytes]":
        self.running = subprocess.Popen(
            [sys.executable, "-m", "hub.cli", "demo", *options],
            cwd=_PROJECT,
            env={**os.environ, "TUO_HOME": str(self.home), "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self.running

    def has_come_to(self, what: str) -> bool:
        """Whether this process of the hub runs, or this file is there, or the demo has ended without it."""
        assert self.running is not None
        home = self.home / "demo"
        return what in read_pids(Home(home)) or (home / what).exists() or self.running.poll() is not None

    @property
    def said(self) -> str:
        return self.output.read_text()

    def last_states(self) -> dict[tuple[str, str], str]:
        """The state each recipient of each case came to, as printed."""
        return {(found["case"], found["recipient"]): found["state"] for found in _LINE.finditer(self.said)}

    def leftovers(self) -> list[str]:
        """Processes that have to do with this home."""
        return [" ".join(process.info["cmdline"]) for process in psutil.process_iter(["cmdline"]) if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        mark = str(self.home)
        try:
            return mark in " ".join(process.info["cmdline"] or ()) or process.environ().get("TUO_HOME", "").startswith(mark)
        except psutil.Error:
            return False


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    tmp_path.chmod(0o711)
    stage = Stage(tmp_path / "home", tmp_path / "said.txt")
    yield stage
    if stage.running is not None:
        stage.running.kill()
        stage.running.wait()


@pytest.mark.timeout(240)
def test_every_delivery_is_accounted_for_twice_over_and_nothing_is_left(stage: Stage) -> None:
    extracts = []
    for _ in range(2):
        code = stage.start("--once").wait(110)
        assert code == 0, stage.said
        assert "All is accounted for" in stage.said
        assert stage.leftovers() == []
        states = stage.last_states()
        assert len({case for case, _ in states}) == 8
        assert "A death: Stevenage, told by General Register Office" in stage.said
        assert "A birth: Stevenage, told by Registrars of Hertford" in stage.said
        assert "A change of address: Stevenage to Liverpool, told by Stevenage contact centre" in stage.said
        assert "It was down for 5 s. Was told the correction alone." in stage.said
        for part in ("leaves, and not where to", "arrives", "moves"):
            assert re.search(rf"services: Will be told on \d+ \w+ that somebody {part}\.", stage.said)
        assert re.search(r"applied +\d+ services: Was told that it is not so\.", stage.said)
        assert {"applied", "accepted", "no record held", "rejected", "held", "withheld", "unroutable"} == set(states.values())
        assert "rejected" in {state for (_, who), state in states.items() if who.startswith("Housing, Stevenage")}
        witness = [orjson.loads(line) for line in (stage.home / "demo" / "witness.jsonl").read_bytes().splitlines()]
        answered = [state for state in states.values() if state in ("applied", "accepted", "no record held", "rejected")]
        told = {(arrival["recipient"], arrival["message"]) for arrival in witness}
        assert len(told) >= len(answered)
        assert not [arrival for arrival in witness if arrival["stale"]]
        extracts.append((stage.home / "demo" / "extract.xml").read_text())
    ids = [set(re.findall(r"<RegistrationID>(\d+)<", extract)) for extract in extracts]
    assert not ids[0] & ids[1]


@pytest.mark.timeout(180)
def test_it_stays_up_until_ctrl_c_and_its_pages_answer(stage: Stage) -> None:
    demo = stage.start()
    try:
        await_that(lambda: "The hub stays up" in stage.said or demo.poll() is not None, within=110)
        assert demo.poll() is None, stage.said
        links = dict(re.findall(r"^(API|Status page) +(\S+)", stage.said, re.MULTILINE))
        assert httpx.get(links["API"], trust_env=False).status_code == 200
        page = httpx.get(links["Status page"], trust_env=False)
        assert page.status_code == 200
        assert "Passports" in page.text
        for url in re.findall(r"http://\S+/metrics", stage.said):
            assert httpx.get(url, trust_env=False).status_code == 200
    finally:
        demo.send_signal(signal.SIGINT)
        code = demo.wait(60)
    assert code == 0
    assert stage.leftovers() == []


@pytest.fixture
def in_the_foreground() -> Iterator[None]:
    """A run of the tests in the background ignores Ctrl-C, and so would all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("in_the_foreground")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("phase", ["secrets", "kafka/server.properties", "postgres/data", "kafka", "deliver"])
def test_ctrl_c_while_it_starts_ends_it_without_a_word_of_fault(stage: Stage, phase: str) -> None:
    demo = stage.start()
    await_that(lambda: stage.has_come_to(phase), within=60)
    os.killpg(demo.pid, signal.SIGINT)  # as a terminal does: all that is in the foreground gets it
    assert demo.wait(60) == 0, stage.said
    assert "tuo:" not in stage.said
    assert stage.said.endswith("Everything is stopped.\n")
    assert stage.leftovers() == []


@pytest.mark.timeout(120)
def test_it_ends_and_leaves_nothing_when_nobody_reads_what_it_says(stage: Stage) -> None:
    demo = stage.start_into(subprocess.PIPE, "--once")
    assert demo.stdout is not None
    for line in demo.stdout:
        if _LINE.match(line.decode()):
            break
    demo.stdout.close()
    assert demo.wait(60) != 0
    assert stage.leftovers() == []


@pytest.mark.timeout(120)
def test_killed_outright_it_takes_everything_with_it(stage: Stage) -> None:
    demo = stage.start()
    await_that(lambda: stage.has_come_to("deliver"), within=60)
    demo.kill()
    demo.wait(10)
    await_that(lambda: stage.leftovers() == [], within=30)
