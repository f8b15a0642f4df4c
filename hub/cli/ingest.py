"""`tuo ingest`: notifications from files."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.cli.run import check_schemas, settings_with_secrets
from hub.intake import gro
from hub.privacy import Blind, Keys
from hub.settings import Settings

app = typer.Typer(no_args_is_help=True)

_EXAMPLES = """
tuo ingest gro deaths-2026-03-12.xml

tuo ingest gro deaths-2026-03-12.xml --json | jq .refusals
"""


@app.callback()
def _ingest() -> None:
    """Read notifications from a file."""


@app.command("gro", epilog=_EXAMPLES)
def ingest_gro(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The extract, XML.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print what became of the records as one JSON document.")] = False,
) -> None:
    """Read a death extract of the General Register Office, of any length.

    The whole file is checked first: where its form or its RecordCount is wrong nothing is taken. Reading a file again
    changes nothing. Ends with 1 where a record was refused; the others are taken all the same.
    """
    settings = settings_with_secrets()
    check_schemas(settings)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[records]:,} records"),
        TimeRemainingColumn(), console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    ) as progress:  # fmt: skip
        try:
            summary = asyncio.run(_take(settings, file, _shown_on(progress)))
        except gro.BrokenExtract as error:
            raise Plain(f"{file.name}: {error}. Nothing was taken.") from None
    _print_json(summary) if as_json else _print(summary)
    if summary.refused:
        raise typer.Exit(1)


async def _take(settings: Settings, file: Path, on_progress: Callable[[gro.Progress], None]) -> gro.Summary:
    secrets = (settings.master_key, settings.blind_key, settings.link_key)
    master, blind, link = (bytes.fromhex(secret.get_secret_value()) for secret in secrets)
    ledger, keystore = await reach(settings.database_url, size=4), await reach(settings.keystore_url, size=4)
    async with ledger, keystore:
        return await gro.take(ledger, Keys(keystore, master), Blind(blind, link), file, on_progress)


def _shown_on(progress: Progress) -> Callable[[gro.Progress], None]:
    tasks = {doing: progress.add_task(doing.capitalize(), start=False, total=None, records=0) for doing in ("checking", "taking")}

    def show(now: gro.Progress) -> None:
        progress.start_task(tasks[now.doing])
        progress.update(tasks[now.doing], completed=now.read, total=now.size, records=now.records)

    return show


def _print(summary: gro.Summary) -> None:
    console = Console(highlight=False)
    table = Table("records", "", box=None, show_header=False)
    for count, meaning in (
        (summary.new, "new"),
        (summary.newer, "newer than what was known"),
        (summary.older, "older than what is known: kept, not sent"),
        (summary.repeated, "repeated"),
        (summary.refused, "refused"),
    ):
        table.add_row(f"{count:,}", meaning, style=None if count else "dim")
    console.print(table)
    for refusal in summary.refusals:
        console.print(f"line {refusal.line:,}: {'; '.join(refusal.reasons)}", markup=False)
    if summary.refused > len(summary.refusals):
        console.print(f"and {summary.refused - len(summary.refusals):,} more")


def _print_json(summary: gro.Summary) -> None:
    sys.stdout.buffer.write(orjson.dumps(to_document(summary), option=orjson.OPT_APPEND_NEWLINE))
