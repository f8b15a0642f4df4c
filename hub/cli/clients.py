"""`tuo clients`: who may tell the hub something."""

import asyncio
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.cli.tables import folding_table
from hub.cli.typed import as_typed
from hub.intake import ClientEntry, ClientExists, add_client, list_clients, revoke_client
from hub.local import load_settings
from hub.recipients import list_standing
from hub.settings import Settings
from hub.store import Pool
from schemas import SourceKind

app = typer.Typer(no_args_is_help=True)

_ADD = """
tuo clients add "Stevenage registrars" --source-kind registrar

tuo clients add "Life events platform" --source-kind register --jwks their-public-keys.json

tuo clients add "Council tax back office" --source-kind recipient --recipient stevenage.council-tax
"""
_REVOKE = """
tuo clients revoke stevenage-registrars
"""


@app.callback()
def _clients() -> None:
    """Say who may tell the hub something."""


@app.command("add", epilog=_ADD)
def add(
    name: Annotated[str, typer.Argument(help="The system, as people call it. Its id is made of it.")],
    source_kind: Annotated[SourceKind, typer.Option(help="What kind of body it is. Bounds the standing it may claim.")],
    recipient: Annotated[str | None, typer.Option(help="The recipient whose answers it may give.")] = None,
    per_second: Annotated[
        int, typer.Option(min=1, max=100_000, help="Notifications a second it may send, and other calls it may make.")
    ] = 200,
    jwks: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Its public keys, where it signs what it sends: a JSON Web Key Set.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Add a system and print its key, this once.

    The hub keeps only a hash of the key: one that is lost is replaced by adding the system anew, under another name.
    """
    if source_kind is SourceKind.RECIPIENT and recipient is None:
        raise Plain("A recipient's key answers for one recipient: say which, --recipient stevenage.council-tax")
    try:
        id_, key = asyncio.run(_add(load_settings(), name, source_kind, recipient, per_second, _read_keys(jwks)))
    except ClientExists:
        raise Plain(f"There is a client {name!r} already, and a revoked one keeps its name. Choose another.") from None
    except ValueError:
        raise Plain("A client's name has letters or figures.") from None
    if as_json:
        print(orjson.dumps({"id": id_, "key": key}).decode())
        return
    print(f"Added {id_}. Its key, shown only now:\n\n{key}\n")
    print("It is sent with every request: Authorization: Bearer tuo_…")


@app.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List all systems, revoked ones too. Keys are not shown: the hub does not have them."""
    entries = asyncio.run(_list(load_settings()))
    if as_json:
        print(orjson.dumps([to_document(entry) for entry in entries]).decode())
    elif not entries:
        print(as_typed("No system may tell the hub anything yet: tuo clients add --help"))
    else:
        Console().print(_table(entries))


@app.command("revoke", epilog=_REVOKE)
def revoke(client: Annotated[str, typer.Argument(help="Its id, as `tuo clients list` shows it.")]) -> None:
    """Take nothing more from a system. Works within seconds and cannot be undone."""
    if not asyncio.run(_revoke(load_settings(), client)):
        raise Plain(f"There is no active client {client!r}. `tuo clients list` shows those there are.")
    print(f"Revoked {client}.")


def _read_keys(jwks: Path | None) -> str | None:
    """The key set in a file, seen to be one."""
    if jwks is None:
        return None
    from hub.intake.secevents import KeysRefused, public_keys  # loads what signatures need, which no other of these commands does

    try:
        text = jwks.read_text("utf-8")
        public_keys(text)
    except UnicodeDecodeError:
        raise Plain(f"{jwks.name} is no JSON Web Key Set: it is not UTF-8.") from None
    except KeysRefused as error:
        raise Plain(f"{jwks.name} is no set of public keys: {error}.") from None
    return text


async def _add(
    settings: Settings, name: str, source_kind: SourceKind, recipient: str | None, per_second: int, jwks: str | None
) -> tuple[str, str]:
    async with await reach(settings.database_url) as pool:
        if recipient is not None:
            await _see_that_it_is_known(pool, recipient)
        return await add_client(pool, name, source_kind, recipient, per_second, jwks)


async def _see_that_it_is_known(pool: Pool, recipient: str) -> None:
    async with pool.connection() as connection:
        known = [one.recipient for one in await list_standing(connection)]
    if recipient not in known:
        nearest = "".join(f" Is it {one}?" for one in get_close_matches(recipient, known, 1))
        raise Plain(f"There is no recipient {recipient}.{nearest} `tuo recipients list` shows those there are.")


async def _list(settings: Settings) -> list[ClientEntry]:
    async with await reach(settings.database_url) as pool:
        return await list_clients(pool)


async def _revoke(settings: Settings, client: str) -> bool:
    async with await reach(settings.database_url) as pool:
        return await revoke_client(pool, client)


def _table(entries: list[ClientEntry]) -> Table:
    table = folding_table("Id", "Name", "Source", "Recipient", "A second", "Since", "")
    for entry in entries:
        since, state = f"{entry.created_at:%d %b %Y}", "" if entry.active else "revoked"
        table.add_row(entry.id, entry.name, entry.source_kind.value, entry.recipient or "", str(entry.per_second), since, state)
    return table
