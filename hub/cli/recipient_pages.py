"""What `tuo recipients` prints of a register and of those in it."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hub.cli.refusals import in_words
from hub.cli.typed import as_typed
from hub.cli.unset import Unset, are_not_set, lacking_in
from hub.recipients import Fault, LaneStanding, Register, endings
from schemas.days import today


def print_init(folder: Path, written: list[str], kept: list[str]) -> None:
    """What became of each file, and what to do next."""
    for said, names in (("Wrote", written), ("Kept as it was", kept)):
        for name in names:
            print(f"{said}: {folder / name}")
    if written:
        print(as_typed(f"Fill in what each says at its top, then tuo recipients check {folder}"))


def print_check(register: Register | None, faults: list[Fault], warnings: tuple[Fault, ...]) -> None:
    """Each fault and warning on a line, and whether a folder is in order."""
    console = Console(highlight=False, soft_wrap=True)
    for fault in faults:
        console.print("[red]fault[/]  ", end="")
        console.print(str(fault), markup=False)
    for warning in warnings:
        console.print("[yellow]warning[/]  ", end="")
        console.print(str(warning), markup=False)
    if register is not None:
        console.print(as_typed(_in_order(register)))


def _in_order(register: Register) -> str:
    """Warnings are no faults, but what this shell lacks is not to be read as in order everywhere."""
    said = f"{len(register.recipients)} recipients, in order."
    lacking = lacking_in(register, os.environ)
    return f"{said} {len(lacking)} of them refer to what is not set in this shell; that matters where `tuo up` starts." if lacking else said


def name_of(register: Register | None, standing: LaneStanding) -> str:
    """As the register has it."""
    found = register.recipients.get(standing.recipient) if register else None
    return found.name if found else "(no longer in the register)"


def agreements_end(register: Register | None) -> dict[str, date]:
    """By recipient the day from which an agreement no longer holds, where that is near and nothing follows."""
    return {one.agreement.recipient: one.ends for one in reversed(endings(register, today()))} if register else {}


def urgent_way(register: Register | None, standing: LaneStanding) -> str | None:
    """By what connector its cancellations and retractions go, where its entry says so."""
    found = register.recipients.get(standing.recipient) if register else None
    return found.entry.urgent.connector if found and found.entry.urgent else None


def recipients_table(register: Register | None, standing: list[LaneStanding], unset: Unset, ends: Mapping[str, date]) -> Table:
    """How each is reached and how it fares, with what waits for it."""
    table = Table(box=None, pad_edge=False)
    table.add_column("Recipient", no_wrap=True)
    for heading in ("Name", "Reached by", "Now"):
        table.add_column(heading, overflow="fold")
    for heading in ("Waiting", "Held", "Failed"):
        table.add_column(heading, justify="right")
    for one in standing:
        now = _now(one, unset.get(one.recipient))
        if (day := ends.get(one.recipient)) is not None:
            now = f"{now}; its agreement ends on {day:%d %B %Y}"
        urgent = urgent_way(register, one)
        ways = f"{one.connector}, urgent news by {urgent}" if urgent else one.connector
        table.add_row(one.recipient, name_of(register, one), ways, now, str(one.waiting), str(one.held), str(one.failed))
    return table


def _now(one: LaneStanding, lacking: Sequence[str] | None) -> str:
    if one.paused:
        return f"paused: {one.paused}"
    if lacking:
        return f"out of reach: {are_not_set(lacking)}"
    return f"fails: {in_words(one.breaker_cause)}" if one.breaker_open else "in order"
