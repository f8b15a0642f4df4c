"""`python -m tests.chaos --seed N --minutes M`: rounds of everything at once, on one hub, until the time is up."""

import argparse
import sys
import time
from contextlib import ExitStack
from random import Random

from rich.console import Console

from tests.bench.arrivals import Mode
from tests.chaos.checks import Verdict
from tests.chaos.faults import Fault, another_deliverer, kills, misbehaviours
from tests.chaos.world import FOLDER, World, world

_SECONDS = 30.0  # of trouble in a round
_DEATHS = 300


def _plan(random: Random) -> list[Fault]:
    """One round: every process killed, recipients misbehaving, and one of the rarer calamities."""
    rare = random.choice(
        [
            Fault(random.uniform(2, 15), "freeze", "deliver", 9.0),
            Fault(random.uniform(2, 15), "delete-topics"),
            Fault(random.uniform(2, 15), "hold-down", "kafka", 8.0),
            Fault(random.uniform(2, 15), "hold-down", "postgres", 5.0),
            Fault(random.uniform(2, 15), "misbehave", str(random.randint(1, 8)), 12.0, Mode.REFUSE),
        ]
    )
    return sorted([*kills(random, _SECONDS), *misbehaviours(random, _SECONDS, 16), rare], key=lambda fault: fault.at)


def _round(place: World, seed: int, number: int, console: Console) -> Verdict:
    random = Random(f"{seed}/{number}")
    faults = _plan(random)
    console.print(f"[bold]Round {number}[/] of seed {seed}")
    for fault in faults:
        console.print(f"  {fault}", highlight=False)
    with ExitStack() as stack:
        if any(fault.kind == "freeze" for fault in faults):
            stack.enter_context(another_deliverer(place.hub))
        verdict = place.round(place.stories(random, _DEATHS, _SECONDS), faults, within=120.0)
    killed = sum(fault.kind == "kill" for fault in faults)
    console.print(
        f"  accepted {verdict.accepted}, never accepted {verdict.never_accepted}, due {verdict.due}, kills {killed}, "
        f"losses {verdict.losses}, duplicates {verdict.duplicates}, late writes {verdict.late_writes}",
        highlight=False,
    )
    for broken in verdict.faults[:20]:
        console.print(f"  BROKEN: {broken}", style="red", markup=False)
    return verdict


def main() -> int:
    """0 when no promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="the same seed draws the same trouble again; default: the time")
    parser.add_argument("--minutes", type=float, default=5.0, help="begin no further round after so long")
    parser.add_argument("--batch", type=int, default=1, help="events a recipient takes in one request")
    arguments = parser.parse_args()
    seed = int(time.time()) if arguments.seed is None else arguments.seed
    console, until = Console(), time.monotonic() + 60 * arguments.minutes
    verdicts: list[Verdict] = []
    with world(FOLDER / f"seed-{seed}", arguments.batch) as place:
        while not verdicts or time.monotonic() < until:
            verdicts.append(_round(place, seed, len(verdicts) + 1, console))
    broken = sum(len(verdict.faults) for verdict in verdicts)
    console.print(
        f"Seed {seed}: {len(verdicts)} rounds, {sum(v.accepted for v in verdicts)} notifications accepted, "
        f"{sum(v.due for v in verdicts)} deliveries due, losses {sum(v.losses for v in verdicts)}, "
        f"duplicates {sum(v.duplicates for v in verdicts)} (all explained unless listed), promises broken {broken}",
        highlight=False,
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
