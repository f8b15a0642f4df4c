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

# As many warnings alike, beside the first, are counted; and so many files named.
_MANY = 3
_FILES = 5


def print_init(folder: Path, written: list[str], kept: list[str]) -> None:
    """What became of each file, and what to do next."""
    for said, names in (("Wrote", written), ("Kept as it was", kept)):
        for name in names:
            print(f"{said}: {folder / name}")
    if written:
        print(as_typed(f"Fill in what each says at its top, then tuo recipients check {folder}"))


def print_check(faults: Sequence[Fault], warnings: Sequence[Fault | str]) -> None:
    """Each fault and warning on a line."""
    console = Console(highlight=False, soft_wrap=True)
    for fault in faults:
        console.print("[red]fault[/]  ", end="")
        console.print(str(fault), markup=False)
    for warning in warnings:
        console.print("[yellow]warning[/]  ", end="")
        console.print(as_typed(str(warning)), markup=False)


def shortened(warnings: Sequence[Fault]) -> list[Fault | str]:
    """Of those that ask for the same, where they are many, the first, and how many others there are, and where."""
    alike: dict[str, list[Fault]] = {}
    for warning in warnings:
        alike.setdefault(warning.accepted, []).append(warning)
    found: list[Fault | str] = []
    for first, *others in alike.values():
        found += [first, _others(others)] if len(others) >= _MANY else [first, *others]
    return found


def _others(alike: Sequence[Fault]) -> str:
    files = list(dict.fromkeys(one.file for one in alike))
    more = f" and {len(files) - _FILES} more files" if len(files) > _FILES else ""
    return f"and {len(alike)} more like it, in {', '.join(files[:_FILES])}{more}; --all lists them"


def in_order(register: Register, refused: Sequence[Fault]) -> str:
    """Warnings are no faults, but what this shell lacks, or the hub refuses, is not to be read as in order everywhere."""
    own = sorted(str(one.entry["kind"]) for one in register.kinds.own)
    kinds = f" and {len(own)} {'kind' if len(own) == 1 else 'kinds'} of their own ({', '.join(own)})" if own else ""
    said = f"{len(register.recipients)} recipients{kinds}, {'but `tuo recipients load` refuses them' if refused else 'in order'}."
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
