"""`tuo up`: everything on this machine, under a supervisor."""

import contextlib
import os
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.cli.installation import Installation, Started
from hub.cli.typed import as_typed
from hub.cli.unknown import unknown_variables
from hub.cli.unset import how_many_unset
from hub.local import Ended, Home, Supervisor, end_leftovers, write_private

app = typer.Typer()

_EXAMPLES = """
tuo up

tuo up --port 9400

TUO_HOME=/srv/hub tuo up --ready-file /run/hub.json

TUO_DATABASE_URL=postgresql://… TUO_KEYSTORE_URL=postgresql://… tuo up  (with a PostgreSQL of your own)
"""


@app.command(epilog=_EXAMPLES)
def up(
    port: Annotated[int | None, typer.Option(help="Where the API listens; 0 chooses. Its processes show metrics on the next ones.")] = None,
    ready_file: Annotated[Path | None, typer.Option(help="Write a JSON document here once everything is ready.")] = None,
) -> None:
    """Run the whole hub on this machine until Ctrl-C: PostgreSQL, Kafka and every process, each restarted at once when it dies.

    Everything it makes is in .tuo (or TUO_HOME): data, secrets, logs, and the addresses other tuo commands use.
    """
    console = Console(stderr=True, highlight=False)
    home = Home()
    home.prepare()
    with home.taken(), contextlib.suppress(Ended, KeyboardInterrupt):
        end_leftovers(home)
        home.addresses.unlink(missing_ok=True)
        if ready_file is not None:
            ready_file.unlink(missing_ok=True)
        try:
            with Supervisor(home, say=lambda text: console.print(text, markup=False)) as supervisor:
                started = Installation(home, console, port).start(supervisor)
                _say_where(console, home, started)
                if ready_file is not None:
                    write_private(ready_file, _as_json(home, started))
                supervisor.watch()
        finally:
            home.addresses.unlink(missing_ok=True)
            if ready_file is not None:
                ready_file.unlink(missing_ok=True)
    console.print("Everything is stopped.")


def _say_where(console: Console, home: Home, started: Started) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("API", f"{started.api}/docs")
    for place in started.places:
        table.add_row(f"{place.role} metrics", f"{place.url}/metrics")
    table.add_row("logs", str(home.logs))
    console.print(table)
    for unknown in unknown_variables(os.environ):
        console.print(f"! {unknown}", style="yellow", markup=False)
    if started.register and (said := how_many_unset(started.register, home)):
        console.print(as_typed(f"! {said} `tuo recipients list` names them."), style="yellow", markup=False)
    console.print("The hub is up. Ctrl-C stops everything.", style="bold")


def _as_json(home: Home, started: Started) -> str:
    roles = {place.role: place.url for place in started.places}
    return orjson.dumps({"api": started.api, "roles": roles, "home": str(home.folder), "pids": str(home.pids)}).decode()
