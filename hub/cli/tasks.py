"""`tuo tasks`: work for people."""

import asyncio
import getpass
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.local import load_settings
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

    Each says why, about which case, delivery or recipient, whose it is, by when, and what settles it. Most are
    closed by what settles them.
    """
    tasks = asyncio.run(_list(load_settings(), cause, closed, after, limit))
    if as_json:
        print(orjson.dumps([_as_json(task) for task in tasks]).decode())
    elif not tasks:
        print("Nothing waits for a person.")
    else:
        Console().print(_table(tasks))


@app.command("close", epilog=_CLOSE)
def close(task: Annotated[int, typer.Argument(help="Its number, as `tuo tasks list` shows it.")]) -> None:
    """Close a task by hand. What it was about stays as it is."""
    if not asyncio.run(_close(load_settings(), task)):
        raise Plain(f"There is no open task {task}. `tuo tasks list` shows those there are.")
    print(f"Closed {task}.")


async def _list(settings: Settings, cause: Cause | None, closed: bool, after: int, limit: int) -> list[Task]:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await list_tasks(connection, cause=cause, closed=closed, after=after, limit=limit)


async def _close(settings: Settings, task: int) -> bool:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await close_task(connection, task, getpass.getuser())


def _as_json(task: Task) -> dict[str, object]:
    return {**to_document(task), "sentence": task.cause.sentence, "settledBy": task.cause.settled_by}


def _table(tasks: list[Task]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("No", "Cause", "What happened", "Recipient", "Owner", "Due", "Settled by"):
        table.add_column(name, overflow="fold")
    for task in tasks:
        due = f"{task.due_at:%d %b %H:%M}" if task.closed_at is None else f"closed by {task.closed_by}"
        table.add_row(str(task.id), task.cause.value, task.cause.sentence, task.recipient or "", task.owner, due, task.cause.settled_by)
    return table
