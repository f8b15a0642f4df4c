"""`tuo places`: which councils a postcode has, and the data that know it."""

import asyncio
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import orjson
import typer

from hub.cli.faults import Plain
from hub.cli.place_pages import changes_document, print_changes, print_place
from hub.cli.register import register_if_reached
from hub.kinds import BUILT_IN
from hub.local import load_settings
from hub.lookup import look_up
from hub.places import SOURCES, Changes, Reason, prepare_edition, put_in_place
from hub.recipients import Register
from hub.settings import Settings
from schemas.days import today

app = typer.Typer(no_args_is_help=True)

_LOOKUP = """
tuo places lookup SG1 1AA

tuo places lookup GU24BB --on 2027-04-01

tuo places lookup CA1 1AA --json | jq '.successions[].sentence'
"""
_UPDATE = """
tuo places update /srv/new-registers --edition 2026-02-10

TUO_PLACES_DIR=/srv/tuo/places tuo places update /srv/new-registers --edition 2026-02-10 --write
"""
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def _places() -> None:
    """Look a postcode up, and bring the data up to date."""


@app.command("lookup", epilog=_LOOKUP)
def lookup(
    postcode: Annotated[list[str], typer.Argument(metavar="POSTCODE", help="In any spelling, with or without the space.")],
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day, as 2027-04-01; today where none is given.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only who would be told of this kind of event.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document: the form of GET /v1/places/{postcode}.")] = False,
) -> None:
    """Say which ward and councils a postcode has on a day, since when, and which services would be asked there.

    Needs no running hub; with one it names the services of its register. Ends with 1 where no council can be named.
    """
    day = _day(on, "--on")
    register = asyncio.run(register_if_reached(load_settings()))
    kinds = sorted(register.kinds if register else BUILT_IN)
    if kind is not None and kind not in kinds:
        raise Plain(f"{kind} is no kind of event. Known: {', '.join(kinds)}.")
    answer = look_up(" ".join(postcode), day, [kind] if kind else kinds, register)
    if answer.reason == Reason.NOT_A_POSTCODE:
        raise Plain("This is not a British postcode. Write one such as SG1 1AA; a letter O or I may stand for a figure 0 or 1.")
    if as_json:
        print(answer.model_dump_json(by_alias=True))
    else:
        print_place(answer)
    raise typer.Exit(1 if answer.reason else 0)


@app.command("update", epilog=_UPDATE)
def update(
    folder: Annotated[Path, typer.Argument(help=f"The new registers: {', '.join(SOURCES)}.")],
    write: Annotated[bool, typer.Option("--write", help="Put the new data in their place; without it nothing is changed.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Write even where more than 5 % of the postcodes are gone.")] = False,
    edition: Annotated[str | None, typer.Option(metavar="DATE", help="The day of the new postcodes; today where none is given.")] = None,
    as_json: _Json = False,
) -> None:
    """Make the gazetteer from new registers and say what changes: postcodes, councils, and recipients that name a council that ends.

    The data are in TUO_PLACES_DIR, which every process of the hub must be given; those shipped with the hub are never
    written. Decided reorganisations that no register has yet are applied on top. Processes read the data when they start.
    """
    settings = load_settings()
    if write and "places_dir" not in settings.model_fields_set:
        raise Plain(
            "The data shipped with the hub are not overwritten. Choose a folder, and give it to this command and to every process of "
            "the hub: TUO_PLACES_DIR=/srv/tuo/places"
        )
    if missing := [name for name in SOURCES if not (folder / name).is_file()]:
        raise Plain(f"{folder} has no {', '.join(missing)}. It must hold {', '.join(SOURCES)}; docs/places.md says where they are from.")
    register = asyncio.run(register_if_reached(settings))
    with TemporaryDirectory() as made:
        changes = _prepare(folder, Path(made), _day(edition, "--edition"), settings)
        if write and changes.loses_too_many and not anyway:
            raise Plain(f"{_lost(changes)} Nothing was changed; --anyway writes it all the same.")
        if write:
            put_in_place(Path(made), settings.places_dir)
    _print(changes, register, settings.places_dir if write else None, as_json)


def _lost(changes: Changes) -> str:
    if changes.gone > changes.orphaned:
        lost, asked = f"{changes.gone:,} of {changes.replaced:,} postcodes would be gone", "postcodes.csv.xz a whole edition"
    else:
        lost, asked = (
            f"{changes.orphaned:,} of {changes.replaced:,} postcodes would have no council any more",
            "local-authorities.csv whole",
        )
    return f"{lost}, more than 5 %: is {asked}?"


def _prepare(folder: Path, made: Path, edition: date, settings: Settings) -> Changes:
    current = settings.places_dir if (settings.places_dir / "areas.json").is_file() else Settings.model_fields["places_dir"].default
    try:
        return prepare_edition(folder, made, edition, current, today())
    except (ValueError, EOFError, OSError) as error:
        raise Plain(f"The registers in {folder} cannot be read: {error}. Nothing was changed.") from None


def _print(changes: Changes, register: Register | None, written: Path | None, as_json: bool) -> None:
    if as_json:
        print(orjson.dumps(changes_document(changes, register, written)).decode())
    else:
        print_changes(changes, register, written)


def _day(text: str | None, option: str) -> date:
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError:
        raise Plain(f"{option} {text} is not a day. Write it as 2027-04-01: year, month, day.") from None
