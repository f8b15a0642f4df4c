"""The table a person reads, and `build/bench/latest.json`."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from tests.bench.places import LookUps
from tests.bench.planning import Planning
from tests.bench.result import WITNESSES, Result
from tests.bench.yardstick import Yardstick

# What the project aims at: deliveries a second, CPU a delivery in µs, p50 and p99 in ms, recovery in s.
AIMS: dict[str, str] = {
    "single": "≥ 6,500 /s, ≤ 250 µs",
    "batch_in": "≥ 9,000 /s",
    "batch_in_out": "≥ 12,000 /s, ≤ 110 µs",
    "paced": "p50 ≤ 20 ms, p99 ≤ 60 ms",
    "outage": "≤ 10 s",
    "kill": "≤ 10 s, lost 0",
}


def write(
    path: Path, yardstick: Yardstick, scenarios: Mapping[str, Result], scale: float, look_ups: LookUps | None, planned: Planning | None
) -> None:
    """One run as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "scale": scale,
        "yardstick": yardstick.as_dict(),
        "places": look_ups.as_dict() if look_ups else None,
        "planning": planned.as_dict() if planned else None,
        "scenarios": {name: result.as_dict() for name, result in scenarios.items()},
    }
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def show(
    console: Console, yardstick: Yardstick, scenarios: Mapping[str, Result], look_ups: LookUps | None, planned: Planning | None
) -> None:
    """Print the run: one line a scenario, then where the CPU went."""
    console.print(
        f"This machine today: {yardstick.posts_per_second_one_core:,.0f} posts/s on one core, "
        f"{yardstick.fsynced_inserts_per_second:,.0f} fsynced inserts/s",
        highlight=False,
    )
    if look_ups:
        rate, cpu = look_ups.look_ups_per_second, look_ups.cpu_us_per_look_up
        console.print(f"places: {rate:,.0f} look-ups/s, CPU {cpu:.1f} µs a look-up", highlight=False)
    if planned:
        console.print(
            f"planning: CPU {planned.cpu_us_per_delivery:.1f} µs a delivery (aim < 50), "
            f"{planned.deliveries:,} of them, {planned.told:,} told at once",
            highlight=False,
        )
    if not scenarios:
        return
    table = Table("scenario", "aim")
    for column in ("deliveries/s", "CPU µs", "p50 ms", "p99 ms", "memory MB", "lost", "twice", "back in s"):
        table.add_column(column, justify="right")
    for name, result in scenarios.items():
        table.add_row(
            name,
            AIMS.get(name, ""),
            f"{result.deliveries_per_second:,.0f}",
            f"{result.cpu_us_per_delivery:.0f}",
            f"{result.latency_ms.p50:,.1f}",
            f"{result.latency_ms.p99:,.1f}",
            f"{result.memory_mb:.0f}",
            str(result.lost),
            str(result.duplicates),
            f"{result.recovered_s:.1f}" if name in ("outage", "kill") else "",
        )
    console.print(table)
    _show_processes(console, scenarios)
    if killed := scenarios.get("kill"):
        back = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in killed.recovered_by_process.items())
        console.print(f"Back at 90 % after kill -9 of: {back}", highlight=False)


def _show_processes(console: Console, scenarios: Mapping[str, Result]) -> None:
    names = dict.fromkeys(name for result in scenarios.values() for name in result.cpu_us_by_process)
    table = Table("CPU µs a delivery", *scenarios)
    for name in names:
        cells = [f"{result.cpu_us_by_process.get(name, 0):.0f}" for result in scenarios.values()]
        table.add_row(f"({name})" if name in WITNESSES else name, *cells)
    console.print(table)
