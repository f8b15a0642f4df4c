"""One hub with its recipients, and a round of trouble on it: tell, trouble, let recover, judge."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from schemas.delivery import State
from tests.bench.register import write_register
from tests.bench.witness import Answer, Publishers, Witness
from tests.chaos.checks import Checks, Verdict
from tests.chaos.commits import CommitWatch
from tests.chaos.faults import Fault, Trouble
from tests.chaos.ledger import read_ledger
from tests.chaos.stories import Story, as_load, write_stories
from tests.hub import Hub

FOLDER = Path(__file__).parents[2] / "build" / "chaos"

# Quick enough for a test; the schedule's shape is the same.
_QUICK = {"TUO_RETRY_FIRST": "0.5", "TUO_RETRY_LONGEST": "5", "TUO_BREAKER_PROBE": "1", "TUO_SEND_TIMEOUT": "2", "TUO_UNPLANNED_AFTER": "5"}

_OPEN = """
SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM cases WHERE plan_due),
       (SELECT count(*) FROM delivery JOIN lane ON lane.id = lane WHERE state IN (1, 2) AND lane.paused IS NULL)
"""
_DEAD = "SELECT reason, count(*) FROM dead_letter GROUP BY 1"
_PAUSED = """
SELECT recipient, EXISTS (SELECT FROM task WHERE closed_at IS NULL AND task.about = lane.recipient) FROM lane WHERE paused IS NOT NULL
"""
_FAILED = """
SELECT delivery.id, EXISTS (SELECT FROM task WHERE closed_at IS NULL AND task.delivery = delivery.id) FROM delivery WHERE state = %s
"""


@dataclass
class World:
    """A hub that has been through a number of rounds."""

    hub: Hub
    witness: Witness
    folder: Path
    told: int = 0
    _faults: list[str] = field(default_factory=list)

    def stories(self, random: Random, count: int, seconds: float) -> list[Story]:
        """So many deaths nobody has told this hub before."""
        first, self.told = self.told, self.told + count
        return write_stories(random, range(first, first + count), seconds)

    def deliveries(self) -> int:
        """How many deliveries are planned so far."""
        return int(str(self._query("SELECT count(*) FROM delivery")[0][0]))

    def is_planned(self) -> bool:
        """Whether nothing waits for the relay or for planning."""
        return not any(self._query(_OPEN)[0][:2])

    def round(
        self, stories: Sequence[Story], faults: Sequence[Fault], within: float = 60.0, meanwhile: Callable[[], None] = lambda: None
    ) -> Verdict:
        """Tell the stories while the faults happen, let everything recover `within` seconds, and judge."""
        self._faults = []
        self.witness.forget()
        load = as_load(stories)
        publishers = Publishers(self.folder, self.hub.url, self.hub.api_key, load)
        trouble = Trouble(self.hub, self.witness, faults)
        with CommitWatch(self.hub) as commits:
            try:
                publishers.start()
                trouble.start()
                meanwhile()
                answers = publishers.result(180)
            finally:
                publishers.stop()
                trouble.finish()
            self._recover(within)
        by_edition = {(told.number, told.edition): answer for told, answer in zip(load.told, answers, strict=True)}
        frozen = any(fault.kind == "freeze" for fault in faults)
        verdict = self._judge(stories, by_edition, frozen)
        verdict.faults[:0] = [*self._faults, *commits.ahead]
        return verdict

    def _recover(self, within: float) -> None:
        """Wait for what is under way, see that what stopped has its task, put it back as an operator would, and wait again."""
        self._settle(within)
        paused, failed = self._query(_PAUSED), self._query(_FAILED, (int(State.FAILED),))
        self._faults += [f"recipient {name} is paused without a task" for name, has_task in paused if not has_task]
        self._faults += [f"delivery {id_} failed without a task" for id_, has_task in failed if not has_task]
        for name, _ in paused:
            self.hub.tuo("recipients", "resume", str(name))
        if failed:
            self.hub.tuo("deliveries", "redrive", "--all")
        if paused or failed:
            self._settle(within)

    def _settle(self, within: float) -> None:
        until, quiet = time.monotonic() + within, 0
        while quiet < 2 and time.monotonic() < until:
            rows = self._query(_OPEN)
            quiet = quiet + 1 if rows and not any(rows[0]) else 0
            time.sleep(0.3)
        if quiet < 2:
            outbox, unplanned, undelivered = self._query(_OPEN)[0]
            dead = ", ".join(f"{count} dead letters ({reason})" for reason, count in self._query(_DEAD)) or "no dead letters"
            self._faults.append(f"after {within:.0f} s {outbox} unrelayed, {unplanned} unplanned, {undelivered} undelivered, {dead}")

    def _judge(self, stories: Sequence[Story], answers: dict[tuple[int, int], Answer], frozen: bool) -> Verdict:
        with self.hub.ledger() as connection:
            ledger = read_ledger(connection)
        return Checks(stories, answers, self.witness.arrivals(), ledger, frozen).judge()

    def _query(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """Rows, or none while the ledger is away."""
        try:
            with self.hub.ledger() as connection:
                return connection.execute(statement, values).fetchall()
        except psycopg.OperationalError:
            return []


@contextmanager
def world(folder: Path, batch: int = 1) -> Iterator[World]:
    """A fresh hub whose recipients take `batch` events to a request, under `folder`; its logs stay there."""
    folder.mkdir(parents=True, exist_ok=True)
    with Witness(folder) as witness:
        recipients = write_register(folder / "recipients", witness.urls, batch, timeout=2.0)
        try:
            with Hub(folder / "home", recipients, _QUICK) as hub:
                yield World(hub, witness, folder)
        finally:
            for store in ("postgres", "kafka"):
                shutil.rmtree(folder / "home" / store, ignore_errors=True)
