"""`tuo recipients`: who is told."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import orjson
import typer

from hub.cli.faults import Plain
from hub.cli.folder import read_folder
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.cli.recipient_pages import agreements_end, in_order, name_of, print_check, print_init, recipients_table, shortened, urgent_way
from hub.cli.register import refused_kinds
from hub.cli.stores import load_register
from hub.cli.tables import print_table
from hub.cli.typed import as_typed
from hub.cli.unset import unset_of
from hub.delivery import pause, resume
from hub.local import Home, load_settings
from hub.recipients import LaneStanding, NoStart, Register, list_standing, newest, starting_points
from hub.settings import Settings
from schemas.days import today

app = typer.Typer(no_args_is_help=True)

_CHECK = """
tuo recipients check infra/recipients

tuo recipients check infra/recipients --json | jq '.faults[] | .line'
"""
_INIT = """
tuo recipients init E10000015 --out infra/recipients

tuo recipients init E08000012 --out our-recipients
"""
_PAUSE = """
tuo recipients pause stevenage.council-tax --why "system renewal until Monday"

tuo recipients resume stevenage.council-tax
"""
_LIST = """
tuo recipients list

tuo recipients list stevenage.council-tax
"""
_Folder = Annotated[Path | None, typer.Argument(help="The folder of YAML files; TUO_RECIPIENTS_DIR where none is given.")]
_Recipient = Annotated[str, typer.Argument(help="Its id, organisation.service, as `tuo recipients list` shows it.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def _recipients() -> None:
    """Write, check, load, list, pause and resume who is told."""


@app.command("init", epilog=_INIT)
def init(
    code: Annotated[str, typer.Argument(help="A council's GSS code, as `tuo places lookup POSTCODE` shows it.")],
    out: Annotated[Path | None, typer.Option(help="The folder to write into; TUO_RECIPIENTS_DIR where none is given.")] = None,
    as_json: _Json = False,
) -> None:
    """Write entries for a council to start from: its services, of a county its districts' too, under agreements yet to be signed.

    Nobody is told anything under them until they cite a power to share. No file is overwritten. Ends with 1 where all
    were there already.
    """
    try:
        files = starting_points(code, today())
    except NoStart as error:
        raise Plain(str(error)) from None
    folder = out or load_settings().recipients_dir
    folder.mkdir(parents=True, exist_ok=True)
    written = [name for name, text in files.items() if _write(folder / name, text)]
    kept = [name for name in files if name not in written]
    if as_json:
        print(orjson.dumps({"folder": str(folder), "written": written, "kept": kept}).decode())
    else:
        print_init(folder, written, kept)
    raise typer.Exit(0 if written else 1)


@app.command("check", epilog=_CHECK)
def check(
    folder: _Folder = None,
    all_: Annotated[bool, typer.Option("--all", help="Print each warning; else of many alike the first.")] = False,
    as_json: _Json = False,
) -> None:
    """Read a folder of recipients and say everything that is wrong with it; change nothing.

    Warnings are allowed: an agreement that cites no power holds its deliveries, a secret not set here must be set
    where deliveries are sent. Where the hub can be reached, what `load` would refuse is a warning too. Ends with 1
    where there is a fault.
    """
    settings = load_settings()
    found = read_folder(folder, settings)
    faults, refused = (found, []) if isinstance(found, list) else ([], asyncio.run(refused_kinds(settings, found)))
    warnings = [*refused, *(found.warnings if isinstance(found, Register) else ())]
    if as_json:
        print(orjson.dumps({"faults": [to_document(one) for one in faults], "warnings": [to_document(one) for one in warnings]}).decode())
    else:
        print_check(faults, warnings if all_ else shortened(warnings))
        if isinstance(found, Register):
            print(as_typed(in_order(found, refused)))
    if faults:
        raise typer.Exit(1)


@app.command("load")
def load_(folder: _Folder = None, as_json: _Json = False) -> None:
    """Make a folder of recipients the current register. Every process follows within seconds; the same again changes nothing."""
    settings = load_settings()
    found = read_folder(folder, settings)
    if not isinstance(found, Register):
        raise Plain(f"Nothing was loaded (faults: {len(found)}):\n" + "\n".join(f"  {fault}" for fault in found))
    version = asyncio.run(load_register(settings.database_url, found))
    if as_json:
        print(orjson.dumps({"version": version, "recipients": len(found.recipients)}).decode())
    else:
        print(f"Register {version} with {len(found.recipients)} recipients is the current one.")


@app.command("list", epilog=_LIST)
def list_(
    recipients: Annotated[
        list[str] | None, typer.Argument(metavar="[RECIPIENT]...", help="Only these, by id; all where none is given.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """List recipients: how each is reached, whether it is paused, fails, lacks a secret or an agreement soon, and how much waits."""
    home = Home()
    register, standing = asyncio.run(_list(home.settings()))
    if recipients:
        standing = _only(recipients, standing)
    unset, ends = unset_of(register, home), agreements_end(register)
    if as_json:
        lacking = {one.recipient: None if unset is None else unset.get(one.recipient, []) for one in standing}
        listed = [
            {
                **to_document(one),
                "urgent": urgent_way(register, one),
                "name": name_of(register, one),
                "notSet": lacking[one.recipient],
                "agreementsEnd": ends.get(one.recipient),
            }
            for one in standing
        ]
        print(orjson.dumps(listed).decode())
    elif not standing:
        print(as_typed("There are no recipients yet. `tuo recipients load FOLDER` makes some known."))
    else:
        print_table(recipients_table(register, standing, unset or {}, ends))
        if unset is None:
            print("No process that delivers runs in this home: whether addresses and secrets are set where one runs is not known here.")


@app.command("pause", epilog=_PAUSE)
def pause_(
    recipient: _Recipient,
    why: Annotated[str, typer.Option(help="Why, for those who look later. Name no person.")] = "paused by an operator",
) -> None:
    """Send nothing more to a recipient. What is for it waits, in order, until it is resumed."""
    if not asyncio.run(_pause(load_settings(), recipient, why[:200])):
        raise Plain(f"{recipient} is not known, or is paused already. `tuo recipients list` shows which.")
    print(f"Paused {recipient}. What is on its way at this moment still arrives.")


@app.command("resume")
def resume_(recipient: _Recipient) -> None:
    """Let a paused recipient's deliveries flow again, oldest first."""
    if not asyncio.run(_resume(load_settings(), recipient)):
        raise Plain(f"{recipient} is not known, or is not paused. `tuo recipients list` shows which.")
    print(f"Resumed {recipient}.")


def _write(path: Path, text: str) -> bool:
    """Whether it was written: what is there stays."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


async def _list(settings: Settings) -> tuple[Register | None, list[LaneStanding]]:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await newest(connection), await list_standing(connection)


async def _pause(settings: Settings, recipient: str, why: str) -> bool:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await pause(connection, recipient, why)


async def _resume(settings: Settings, recipient: str) -> bool:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await resume(connection, recipient)


def _only(recipients: Sequence[str], standing: Sequence[LaneStanding]) -> list[LaneStanding]:
    if unknown := sorted(set(recipients) - {one.recipient for one in standing}):
        raise Plain(f"There is no recipient {', '.join(unknown)}. `tuo recipients list` shows all.")
    return [one for one in standing if one.recipient in recipients]
