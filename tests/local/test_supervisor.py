"""What the supervisor promises, on real processes."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.local import Home, Postgres, read_pids
from hub.local.supervisor import pause_after
from tests.waiting import await_that, is_gone

LIVES = "import time; time.sleep(600)"
DIES = "print('no such luck'); raise SystemExit(3)"
NOTES_ITS_END = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(print(time.time()))); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"

Supervised = subprocess.Popen[str]
Start = Callable[..., Supervised]


@pytest.fixture
def home(home_folder: Path) -> Home:
    return Home(home_folder)


@pytest.fixture
def start(home: Home) -> Iterator[Start]:
    """Starts the program of `supervised.py` in this home; ends what a test leaves."""
    started: list[Supervised] = []

    def start_one(*children: str) -> Supervised:
        argv = [sys.executable, "-m", "tests.local.supervised", str(home.folder), *children]
        started.append(subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield start_one
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def said(process: Supervised, words: str) -> list[str]:
    """What the program said up to the line with `words`."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError(f"it ended without saying {words!r}: {lines}")


def test_a_killed_child_is_started_again_at_once(home: Home, start: Start) -> None:
    supervised = start(f"worker={LIVES}")
    said(supervised, "ready")
    before = read_pids(home)["worker"]
    os.kill(before, signal.SIGKILL)
    assert said(supervised, "started again")[-1] == "worker ended (signal SIGKILL); started again\n"
    await_that(lambda: read_pids(home)["worker"] != before, within=2)
    assert not is_gone(read_pids(home)["worker"])


def test_a_child_that_keeps_ending_is_reported_with_its_last_words_and_the_others_go_on(home: Home, start: Start) -> None:
    supervised = start(f"worker={LIVES}", f"broken={DIES}")
    heard = "".join(said(supervised, "no such luck"))
    assert "broken ended (code 3); started again" in heard
    assert f"broken keeps ending. Its log is {home.logs / 'broken.log'}" in heard
    assert not is_gone(read_pids(home)["worker"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_the_last_started_first_and_leaves_nothing(home: Home, start: Start, number: signal.Signals) -> None:
    supervised = start(f"first={NOTES_ITS_END}", f"second={NOTES_ITS_END}")
    said(supervised, "ready")
    await_that(lambda: all(_catches_sigterm(pid) for pid in read_pids(home).values()))
    pids = read_pids(home)
    supervised.send_signal(number)
    said(supervised, "ended")
    assert supervised.wait(10) == 0
    assert all(map(is_gone, pids.values()))
    assert not home.pids.exists()
    ends = [float((home.logs / f"{name}.log").read_text()) for name in ("second", "first")]
    assert ends == sorted(ends)


def test_a_child_that_does_not_listen_is_made_to_end(home: Home, start: Start) -> None:
    supervised = start(f"stubborn={STUBBORN}")
    await_that(lambda: (home.logs / "stubborn.log").exists() and "deaf" in (home.logs / "stubborn.log").read_text())
    pid = read_pids(home)["stubborn"]
    supervised.terminate()
    assert supervised.wait(10) == 0
    assert is_gone(pid)


def test_no_child_outlives_a_killed_supervisor_and_the_home_starts_again(home: Home, start: Start) -> None:
    supervised = start("postgres", f"worker={STUBBORN}")
    said(supervised, "ready")
    pids = read_pids(home)
    supervised.kill()
    said(start("postgres", f"worker={LIVES}"), "ready")
    assert all(map(is_gone, pids.values()))
    assert set(read_pids(home)) == {"postgres", "worker"}


def test_two_in_one_home_get_a_sentence(home: Home, start: Start) -> None:
    said(start(f"worker={LIVES}"), "ready")
    assert "A hub is running in" in "".join(said(start(f"worker={LIVES}"), "HomeInUse: "))


def test_a_killed_database_comes_back_with_what_it_had(home: Home, start: Start) -> None:
    supervised = start("postgres")
    said(supervised, "ready")
    port = int((home.folder / "postgres/data/postmaster.pid").read_text().splitlines()[3])
    server = Postgres(home.folder / "postgres", port)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(read_pids(home)["postgres"], signal.SIGKILL)
        said(supervised, "postgres ended (signal SIGKILL)")
        await_that(server.is_ready)
    with psycopg.connect(server.url("postgres")) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


@given(st.integers(0, 60))
def test_pauses_grow_from_none_and_stay_within_seconds(short_lives: int) -> None:
    pauses = [pause_after(n) for n in range(short_lives + 1)]
    assert pauses[0] == 0
    assert all(a <= b <= 4 for a, b in itertools.pairwise(pauses))


def _catches_sigterm(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return True
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
