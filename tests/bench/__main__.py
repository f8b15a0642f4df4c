"""`python -m tests.bench`: measure the machine, then the hub, in about five minutes."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from tests.bench import places, planning, report, yardstick
from tests.bench.register import write_register
from tests.bench.result import Result
from tests.bench.scenarios import BATCH, Bench
from tests.bench.witness import Witness
from tests.hub import Hub

FOLDER = Path(__file__).parents[2] / "build" / "bench"
SCENARIOS = ("places", "planning", "single", "batch_in", "batch_in_out", "paced", "outage", "kill")


@contextmanager
def _bench(name: str, batch: int, scale: float, console: Console) -> Iterator[Bench]:
    """A fresh hub whose recipients take `batch` events to a request."""
    with Witness(FOLDER) as witness:
        recipients = write_register(FOLDER / f"recipients-{name}", witness.urls, batch=batch)
        with Hub(FOLDER / f"home-{name}", recipients) as hub:
            bench = Bench(hub, witness, FOLDER, scale, say=lambda text: console.print(text, highlight=False))
            bench.warm_up()
            yield bench


def _measure(wanted: list[str], scale: float, rate: float, console: Console, results: dict[str, Result]) -> None:
    def run(bench: Bench, name: str) -> None:
        if name in wanted:
            console.print(f"[bold]{name}[/] …")
            results[name] = getattr(bench, {"batch_in": "batches", "batch_in_out": "batches"}.get(name, name))()
            found = results[name]
            console.print(f"  {found.deliveries:,} deliveries, {found.deliveries_per_second:,.0f} /s, lost {found.lost}", highlight=False)

    if set(wanted) - {"places", "planning", "batch_in_out"}:
        with _bench("single", 1, scale, console) as bench:
            bench.rate = rate
            for name in ("single", "batch_in", "paced", "outage", "kill"):
                run(bench, name)
    if "batch_in_out" in wanted:
        with _bench("batch", BATCH, scale, console) as bench:
            run(bench, "batch_in_out")


def main() -> int:
    """0 when nothing was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full size, 0.1 for a quick look")
    parser.add_argument("--only", choices=SCENARIOS, nargs="+", default=SCENARIOS, help="which scenarios")
    parser.add_argument("--rate", type=float, default=4000.0, help="deliveries/s that outage and kill take half of when single is not run")
    arguments = parser.parse_args()
    console = Console(width=max(130, Console().width))
    FOLDER.mkdir(parents=True, exist_ok=True)
    measured = yardstick.measure(FOLDER)
    look_ups = places.measure(arguments.scale) if "places" in arguments.only else None
    planned = planning.measure(FOLDER, arguments.scale) if "planning" in arguments.only else None
    found: dict[str, Result] = {}
    try:
        _measure(list(arguments.only), arguments.scale, arguments.rate, console, found)
    finally:
        # What was measured before something failed is worth reading.
        results = {name: found[name] for name in SCENARIOS if name in found}
        report.write(FOLDER / "latest.json", measured, results, arguments.scale, look_ups, planned)
        report.show(console, measured, results, look_ups, planned)
    return 1 if any(result.lost or result.refused for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
