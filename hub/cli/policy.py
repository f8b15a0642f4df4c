"""`tuo policy`: what may be shared, what a register changes, and the papers of data protection."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from hub.cases import group_reference
from hub.cli.faults import Plain
from hub.cli.folder import register_in
from hub.cli.json_document import to_document
from hub.cli.papers import PAPERS, papers_
from hub.cli.reach import reach
from hub.cli.references import never_given, reference_typed
from hub.cli.register import current
from hub.cli.tables import folding_table, print_table
from hub.local import load_settings
from hub.policy import Decided, Sharing, ask
from hub.recipients import Register, differences
from hub.settings import Settings
from hub.tracking import decisions, find_reference, told_on
from schemas.days import today

app = typer.Typer(no_args_is_help=True)

_EXPLAIN = """
tuo policy explain --kind bereavement --recipient stevenage.council-tax --field deceased.nino

tuo policy explain --kind bereavement --recipient dwp.benefits --on 2027-04-01 --json

tuo policy explain --case "4KXR D7WM 2PYM"
"""
_DIFF = """
tuo policy diff infra/recipients

tuo policy diff infra/recipients --json | jq '.[] | select(.key == "fields")'
"""
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def _policy() -> None:
    """Ask what may be shared, what a register changes, and write the papers of data protection."""


@app.command("explain", epilog=_EXPLAIN)
def explain_(
    kind: Annotated[str | None, typer.Option(help="The kind of event, such as bereavement.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Its id, as `tuo recipients list` shows it.")] = None,
    field: Annotated[str | None, typer.Option(help="A field, such as deceased.nino; the whole event where none is given.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day asked about; today where none is given.")] = None,
    case: Annotated[str | None, typer.Option(help="Instead: a reference, for everybody its plan considered.")] = None,
    as_json: _Json = False,
) -> None:
    """Say whether something may be shared: allowed, held until something changes, or prohibited whatever is agreed.

    Each answer names the rule, where it comes from, and the sentence a citizen reads. A whole case also says who was withheld,
    not concerned, or could not be found.
    """
    if case is not None:
        _explain_case(case, as_json)
    elif kind is None or recipient is None:
        raise Plain("Say what is asked about: --kind and --recipient, or --case with a reference.")
    else:
        day = on.date() if on else today()
        answer = ask(asyncio.run(_register(load_settings())), kind, recipient, field, day)
        if isinstance(answer, list):
            raise Plain("\n".join(f"--{fault.field} {fault.fault}; accepted: {fault.accepted}" for fault in answer))
        _print_answer(answer, as_json)


@app.command("diff", epilog=_DIFF)
def diff(
    folder: Annotated[Path | None, typer.Argument(help="The folder of YAML files; TUO_RECIPIENTS_DIR where none is given.")] = None,
    as_json: _Json = False,
) -> None:
    """Say what a folder would change of the register loaded; change nothing.

    Agreements, recipients with their filters and ways, organisations, kinds of change and the controller: each member, what it was and
    what it is. What changes under the same id and version of an agreement is said too: give it a version of its own, so that what
    was signed stays what it was.
    """
    settings = load_settings()
    wanted = register_in(folder, settings)
    found = differences(asyncio.run(_register(settings)), wanted)
    if as_json:
        print(orjson.dumps([to_document(one) for one in found]).decode())
    else:
        print("\n".join(map(str, found)) or "Nothing would change.")


app.command("papers", epilog=PAPERS)(papers_)


def _explain_case(typed: str, as_json: bool) -> None:
    code = reference_typed(typed)
    found = asyncio.run(_decided(load_settings(), code))
    if as_json:
        print(orjson.dumps([to_document(one) for one in found]).decode())
    elif not found:
        print(f"{group_reference(code)} is not planned yet.")
    else:
        print_table(_table(found))


async def _register(settings: Settings) -> Register:
    async with await reach(settings.database_url) as pool:
        return await current(pool)


async def _decided(settings: Settings, reference: str) -> list[Decided]:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        found = await find_reference(connection, reference)
        if found is None:
            raise never_given()
        return await decisions(connection, found.case_id)


def _print_answer(answer: Sharing, as_json: bool) -> None:
    if as_json:
        print(orjson.dumps(to_document(answer)).decode())
        return
    what = f"{answer.kind} to {answer.recipient}" if answer.field is None else f"{answer.field} of {answer.kind} to {answer.recipient}"
    print(f"{what}: {answer.verdict.value}\nRule: {answer.rule}\nSource: {answer.source}\nA citizen reads: {answer.sentence}")


def _table(found: list[Decided]) -> Table:
    table = folding_table("Recipient", "Decision", "Until", "Rule", "Source", "A citizen reads")
    for one in found:
        table.add_row(one.recipient, one.decision, _until(one), one.rule, one.source, one.sentence)
    return table


def _until(one: Decided) -> str:
    return told_on(datetime.fromisoformat(one.until)) if one.until else ""
