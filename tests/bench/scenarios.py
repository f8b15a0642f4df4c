"""The six scenarios, in the order they run. Half the rate of the first sets the pace of the last two."""

import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.arrivals import Mode
from tests.bench.events import Told, tell
from tests.bench.measure import Meter, recovered_after
from tests.bench.receiver import RECIPIENTS
from tests.bench.result import Result, Story, summarise
from tests.bench.witness import Load, Publishers, Witness
from tests.hub import ROLES, SERVERS, Hub
from tests.waiting import await_that

NOTIFICATIONS = 5_000
BATCH = 100
PACED_PER_SECOND, PACED_SECONDS = 50, 20
OUTAGE_SECONDS = 30.0
BETWEEN_KILLS = 12.0
_PATIENCE = 60.0  # seconds without any arrival after which the rest is lost
Say = Callable[[str], None]


@dataclass
class Bench:
    """One hub, its witness and what was measured on it."""

    hub: Hub
    witness: Witness
    folder: Path
    scale: float
    say: Say
    rate: float = 0.0  # deliveries a second with single notifications
    _seed: int = field(default_factory=lambda: int(time.time()) % 80)

    def deaths(self, count: int) -> list[Told]:
        """So many deaths nobody has told this hub before."""
        self._seed += 1
        return [tell(number, seed=self._seed) for number in range(count)]

    @property
    def size(self) -> int:
        return max(BATCH, int(NOTIFICATIONS * self.scale))

    def warm_up(self) -> None:
        """Fill caches and pools, compile what is compiled at first use; not measured."""
        self._run(Load(self.deaths(200)))

    def single(self) -> Result:
        result = self._run(Load(self.deaths(self.size)))
        self.rate = result.deliveries_per_second
        return result

    def batches(self) -> Result:
        return self._run(Load(self.deaths(self.size), batch=BATCH))

    def paced(self) -> Result:
        seconds = max(5, int(PACED_SECONDS * self.scale))
        return self._run(Load(self.deaths(PACED_PER_SECOND * seconds), pace=PACED_PER_SECOND))

    def outage(self) -> Result:
        """All recipients go when a quarter is published, and come back; recovered with the last arrival that was due."""
        load = Load(self.deaths(self.size), pace=self._half_rate())
        back = 0.0

        def go_and_return() -> None:
            nonlocal back
            await_that(lambda: self.witness.count()[0] >= self.size * RECIPIENTS / 4, 60, "a quarter has arrived")
            self.witness.behave(Mode.REFUSE)
            time.sleep(max(10.0, OUTAGE_SECONDS * self.scale))
            self.witness.behave(Mode.UP)
            back = time.monotonic()

        story, meter = self._observe(load, go_and_return)
        last = max(story.first_arrivals().values())
        return summarise(story, meter.cpu, meter.memory, round(max(0.0, last - back), 2))

    def kill(self) -> Result:
        """SIGKILL of everything in turn under load; recovered is the slowest of them."""
        names = (*ROLES, *SERVERS)
        pace = self._half_rate()
        load = Load(self.deaths(int(pace * BETWEEN_KILLS * (len(names) + 0.5))), pace=pace)
        killed: dict[str, float] = {}

        def in_turn() -> None:
            time.sleep(BETWEEN_KILLS / 2)
            for name in names:
                self.hub.send(name, signal.SIGKILL)
                killed[name] = time.monotonic()
                self.say(f"  killed {name}")
                time.sleep(BETWEEN_KILLS)

        story, meter = self._observe(load, in_turn)
        times = list(story.first_arrivals().values())
        recovered = {
            name: recovered_after(times, at, min(at + BETWEEN_KILLS, max(times, default=at)), pace * RECIPIENTS)
            for name, at in killed.items()
        }
        return summarise(story, meter.cpu, meter.memory, max(recovered.values()), recovered)

    def _half_rate(self) -> float:
        """Notifications a second that make half the deliveries measured."""
        return max(10.0, self.rate / 2 / RECIPIENTS)

    def _run(self, load: Load) -> Result:
        story, meter = self._observe(load)
        return summarise(story, meter.cpu, meter.memory)

    def _observe(self, load: Load, meanwhile: Callable[[], None] = lambda: None) -> tuple[Story, Meter]:
        """Publish, do something meanwhile, and wait until all is there or nothing comes any more."""
        self.witness.forget()
        publishers = Publishers(self.folder, self.hub.url, self.hub.api_key, load)

        def roots() -> Mapping[str, int]:
            return {**self.hub.pids(), "receiver": self.witness.pid, "loader": publishers.pid}

        try:
            with Meter(roots) as meter:
                publishers.start()
                meanwhile()
                answers = publishers.result()
                self._await_arrivals(len(load.told) * RECIPIENTS)
        finally:
            publishers.stop()
        return Story(load, answers, self.witness.arrivals()), meter

    def _await_arrivals(self, due: int) -> None:
        told, moved = self.witness.told(), time.monotonic()
        while told < due and time.monotonic() < moved + _PATIENCE:
            time.sleep(0.1)
            now = self.witness.told()
            if now != told:
                told, moved = now, time.monotonic()
        if told < due:
            self.say(f"  {due - told} did not arrive within {_PATIENCE:.0f} s of the last")
