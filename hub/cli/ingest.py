"""`tuo ingest`: notifications from files."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from hub.cases import group_reference
from hub.cli.faults import Plain
from hub.cli.formats import Format, Source, recognise, source_of
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.cli.rows import Row, WriteRow, written
from hub.cli.run import check_schemas, settings_with_secrets
from hub.cli.typed import as_typed
from hub.intake import files
from hub.intake.files import BrokenFile, Checked, OnProgress, OnRefused, OnTaken, RefusedRecord, Summary, TakenRecord
from hub.kinds import BUILT_IN
from hub.privacy import Blind, Keys
from hub.recipients import newest
from hub.settings import Settings

app = typer.Typer(no_args_is_help=True)

_REFUSED: Row = ("line", "field", "fault", "accepted")
_TAKEN: Row = ("line", "reference")
# Whose references are printed with the counts.
_FEW = 20

_EXAMPLES = """
tuo ingest deaths-2026-03-12.xml

tuo ingest deaths.csv --map deaths.map.yaml --client stevenage-registrars --check

tuo ingest message.json --client nhs-gateway --refused refused.csv
"""


@app.command(epilog=_EXAMPLES)
def ingest(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file.")],
    format_: Annotated[
        Format | None, typer.Option("--format", help="What it is, where the file itself does not say so.", show_default=False)
    ] = None,
    map_: Annotated[Path | None, typer.Option("--map", help="Of a CSV file: what its columns are (docs/adapters.md).")] = None,
    client: Annotated[str | None, typer.Option(help="Whose it is, as `tuo clients list` has it. An extract is the register's.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what would be refused; record nothing.")] = False,
    refused: Annotated[Path | None, typer.Option(help="Write every refusal there, as CSV: line, field, fault, accepted.")] = None,
    references: Annotated[Path | None, typer.Option(help="Write every reference there, as CSV: line, reference.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what became of the records as one JSON document.")] = False,
) -> None:
    """Read a file of any length: a death extract of the General Register Office, security event tokens, NHS events, or CSV by a map.

    A file that is not whole, or not of its form, is refused before anything is taken. One bad record harms no other. Reading
    a file again changes nothing. Ends with 1 where a record was refused; the others are taken all the same.
    """
    if check and references:
        raise typer.BadParameter("--check records nothing, so there are no references to write")
    settings = settings_with_secrets()
    check_schemas(settings)
    form = format_ or recognise(file, map_)
    try:
        with _progress() as on_progress, written(refused, _REFUSED) as write_refused, written(references, _TAKEN) as write_taken:
            noted = partial(_note_refused, write_refused), partial(_note_taken, write_taken)
            done = asyncio.run(_ingest(settings, Source(file, form, map_, client), check, on_progress, *noted))
    except BrokenFile as error:
        raise Plain(f"{file.name}: {error}. Nothing was taken.") from None
    _print_json(done) if as_json else _print(done, references)
    if done.refused:
        raise typer.Exit(1)


async def _ingest(
    settings: Settings, source: Source, check: bool, on_progress: OnProgress, on_refused: OnRefused, on_taken: OnTaken
) -> Summary | Checked:
    secrets = (settings.master_key, settings.blind_key, settings.link_key)
    master, blind_key, link = (bytes.fromhex(secret.get_secret_value()) for secret in secrets)
    blind = Blind(blind_key, link)
    ledger, keystore = await reach(settings.database_url, size=4), await reach(settings.keystore_url, size=4)
    async with ledger, keystore:
        async with ledger.connection() as connection:
            register = await newest(connection)
        kinds = register.kinds if register else BUILT_IN
        teller, kind, batches = await source_of(source, ledger, kinds, blind, settings, on_progress)
        if check:
            return await files.check(batches, kind, on_refused)
        tell = files.recorder(ledger, Keys(keystore, master), blind, teller, kind, kinds)
        return await files.take(batches, tell, on_refused, on_taken)


@contextmanager
def _progress() -> Iterator[OnProgress]:
    """A bar for each pass over the file, where somebody looks."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[records]:,} records"),
        TimeRemainingColumn(), console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    ) as progress:  # fmt: skip
        tasks = {doing: progress.add_task(doing.capitalize(), start=False, total=None, records=0) for doing in ("checking", "taking")}

        def show(now: files.Progress) -> None:
            progress.start_task(tasks[now.doing])
            progress.update(tasks[now.doing], completed=now.read, total=now.size, records=now.records)

        yield show


def _note_refused(write: WriteRow, refusal: RefusedRecord) -> None:
    """Nothing of what was refused."""
    for fault in refusal.faults:
        write((refusal.line, fault.field, fault.fault, fault.accepted))


def _note_taken(write: WriteRow, taken: TakenRecord) -> None:
    write((taken.line, taken.reference))


def _print(done: Summary | Checked, references: Path | None) -> None:
    console = Console(highlight=False)
    table = Table("records", "", box=None, show_header=False)
    for count, meaning in _counts(done):
        table.add_row(f"{count:,}", meaning, style=None if count else "dim")
    console.print(table)
    for refusal in done.refusals:
        console.print(f"line {refusal.line:,}: {refusal.sentence}", markup=False)
    if done.refused > len(done.refusals):
        console.print(f"and {done.refused - len(done.refusals):,} more")
    if isinstance(done, Summary):
        _print_references(console, done, references)


def _print_references(console: Console, done: Summary, references: Path | None) -> None:
    """So that each can be asked about, where they are few; of a long file they are a list to write."""
    if len(done.taken) > _FEW and references:
        console.print(f"Their references are in {references}.", markup=False)
        return
    if len(done.taken) > _FEW:
        console.print("Their references: read the file again with --references FILE, which records nothing twice.")
        return
    for one in done.taken:
        console.print(as_typed(f'line {one.line:,}: tuo status "{group_reference(one.reference)}"'), markup=False)


def _counts(done: Summary | Checked) -> tuple[tuple[int, str], ...]:
    if isinstance(done, Checked):
        return (done.sound, "would be taken"), (done.refused, "would be refused")
    return (
        (done.new, "new"),
        (done.newer, "newer than what was known"),
        (done.older, "older than what is known: kept, not sent"),
        (done.repeated, "repeated"),
        (done.refused, "refused"),
    )


def _print_json(done: Summary | Checked) -> None:
    sys.stdout.buffer.write(orjson.dumps(to_document(done), option=orjson.OPT_APPEND_NEWLINE))
