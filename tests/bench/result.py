"""What one scenario came to, as `build/bench/latest.json` has it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.bench.arrivals import Arrival
from tests.bench.measure import percentile
from tests.bench.receiver import RECIPIENTS
from tests.bench.witness import Answer, Load

ACCEPTED = frozenset({200, 202})
WITNESSES = ("receiver", "loader")  # measured, and not the hub's


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from a publisher's first byte to the arrival at a recipient."""

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario. CPU is the hub's and its stores', without publishers and recipients; these stand in `by_process` too."""

    deliveries: int
    seconds: float
    deliveries_per_second: float
    cpu_us_per_delivery: float
    cpu_us_by_process: dict[str, float]
    latency_ms: Latency
    memory_mb: float
    lost: int
    duplicates: int
    recovered_s: float
    refused: int  # requests that were never accepted
    recovered_by_process: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Story:
    """The published and the arrived, put together."""

    load: Load
    answers: Sequence[Answer]
    arrivals: Sequence[Arrival]

    @property
    def start(self) -> float:
        return min(answer.first for answer in self.answers)

    def sent_at(self) -> dict[int, float]:
        """When each accepted death was first published, by its number."""
        found: dict[int, float] = {}
        for index, answer in enumerate(self.answers):
            if answer.status in ACCEPTED:
                for told in self.load.told[index * self.load.batch : (index + 1) * self.load.batch]:
                    found[told.number] = answer.first
        return found

    def first_arrivals(self) -> dict[tuple[int, int], float]:
        """When each death first reached each recipient."""
        found: dict[tuple[int, int], float] = {}
        for arrival in self.arrivals:
            found.setdefault((arrival.number, arrival.recipient), arrival.at)
        return found


def summarise(
    story: Story,
    cpu: Mapping[str, float],
    memory: float,
    recovered: float = 0.0,
    recovered_by_process: Mapping[str, float] | None = None,
) -> Result:
    """`cpu`: seconds by process, for as long as the scenario took."""
    sent, first = story.sent_at(), story.first_arrivals()
    count = len(first) or 1
    latencies = [1000 * (at - sent[number]) for (number, _), at in first.items() if number in sent]
    seconds = max(first.values(), default=story.start + 1) - story.start
    by_process = {name: round(1e6 * used / count, 1) for name, used in sorted(cpu.items(), key=lambda item: -item[1])}
    return Result(
        deliveries=len(first),
        seconds=round(seconds, 2),
        deliveries_per_second=round(len(first) / seconds, 1),
        cpu_us_per_delivery=round(sum(used for name, used in by_process.items() if name not in WITNESSES), 1),
        cpu_us_by_process=by_process,
        latency_ms=Latency(round(percentile(latencies, 0.5), 1), round(percentile(latencies, 0.99), 1)),
        memory_mb=round(memory, 1),
        lost=sum((number, recipient) not in first for number in sent for recipient in range(1, RECIPIENTS + 1)),
        duplicates=len(story.arrivals) - len(first),
        recovered_s=recovered,
        refused=sum(answer.status not in ACCEPTED for answer in story.answers),
        recovered_by_process=dict(recovered_by_process or {}),
    )
