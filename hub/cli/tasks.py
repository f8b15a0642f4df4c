"""`tuo tasks`: work for people."""

import asyncio
import getpass
import math
from datetime import UTC, datetime, timedelta
from typing import Annotated

import orjson
import typer
from rich.table import Table

from hub.cases import group_reference
from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.cli.refusals import in_words, is_ours
from hub.cli.tables import print_table
from hub.cli.typed import as_typed
from hub.cli.unset import Unset, are_not_set, unset_of
from hub.local import Home, load_settings
from hub.recipients import Register, newest
from hub.settings import Settings
from hub.tasks import Cause, Task, close_task, list_tasks

app = typer.Typer(no_args_is_help=True)

_LIST = """
tuo tasks list

tuo tasks list --cause failed --json
"""
_CLOSE = """
tuo tasks close 17
"""


@app.callback()
def _tasks() -> None:
    """List and close work for people."""


@app.command("list", epilog=_LIST)
def list_(
    cause: Annotated[Cause | None, typer.Option(help="Only those of this cause.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Closed ones too.")] = False,
    after: Annotated[int, typer.Option(help="From behind this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List what waits for a person, oldest first.

    Each says why, about which case (by its reference, as `tuo status` takes it) or recipient, whose it is, by when,
    and what settles it. Most are closed by what settles them.
    """
    home = Home()
    tasks, register = asyncio.run(_list(home.settings(), cause, closed, after, limit))
    unset = unset_of(register, home) or {}
    if as_json:
        print(orjson.dumps([_as_json(task, unset) for task in tasks]).decode())
    elif not tasks:
        print("Nothing waits for a person.")
    else:
        print_table(_table(tasks, unset))


@app.command("close", epilog=_CLOSE)
def close(task: Annotated[int, typer.Argument(help="Its number, as `tuo tasks list` shows it.")]) -> None:
    """Close a task by hand. What it was about stays as it is."""
    if not asyncio.run(_close(load_settings(), task)):
        raise Plain(f"There is no open task {task}. `tuo tasks list` shows those there are.")
    print(f"Closed {task}.")


async def _list(settings: Settings, cause: Cause | None, closed: bool, after: int, limit: int) -> tuple[list[Task], Register | None]:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        tasks = await list_tasks(connection, cause=cause, closed=closed, after=after, limit=limit)
        return tasks, await newest(connection)


async def _close(settings: Settings, task: int) -> bool:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await close_task(connection, task, getpass.getuser())


def _as_json(task: Task, unset: Unset) -> dict[str, object]:
    left = {"hoursLeft": _hours_left(task)} if task.closed_at is None else {}
    return {**to_document(task), **left, "sentence": _sentence(task, unset), "settledBy": as_typed(task.cause.settled_by)}


def _hours_left(task: Task) -> int:
    """Whole hours until it is due, rounded down; below 0 it is late."""
    return math.floor((task.due_at - datetime.now(UTC)) / timedelta(hours=1))


def _due(task: Task) -> str:
    """When it is due; where the law counts hours, how many are left."""
    due, left = f"{task.due_at:%d %b %H:%M}", _hours_left(task)
    if task.cause is not Cause.BREACH_ASSESSMENT:
        return due
    return f"{due}, {left} hours left" if left >= 0 else f"{due}, late by {-left} hours"


def _sentence(task: Task, unset: Unset) -> str:
    """What happened; where this home shows more of it than the ledger knows, that."""
    if task.cause is Cause.UNCLAIMED and (lacking := unset.get(task.recipient or "")):
        return f"Deliveries are due and cannot be sent: {are_not_set(lacking)}."
    cause = task.evidence.get("cause")
    return in_words(cause) if is_ours(cause) else task.cause.sentence


def _table(tasks: list[Task], unset: Unset) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("No")
    table.add_column("Cause", no_wrap=True)
    table.add_column("What happened", overflow="fold")
    table.add_column("Case or recipient", no_wrap=True)
    for name in ("Owner", "Due", "Settled by"):
        table.add_column(name, overflow="fold")
    for task in tasks:
        due = _due(task) if task.closed_at is None else f"closed by {task.closed_by}"
        about = "\n".join(filter(None, (group_reference(task.reference) if task.reference else "", task.recipient)))
        settled_by = as_typed(task.cause.settled_by)
        table.add_row(str(task.id), task.cause.value, _sentence(task, unset), about, task.owner, due, settled_by)
    return table
