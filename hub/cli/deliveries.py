"""`tuo deliveries`: what is not delivered, why, and putting failed ones back."""

import asyncio
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.cli.tables import folding_table
from hub.delivery import OpenDelivery, list_open, redrive
from hub.local import load_settings
from hub.settings import Settings
from schemas.delivery import State
from schemas.ids import parse_message_id

app = typer.Typer(no_args_is_help=True)

_LIST = """
tuo deliveries list

tuo deliveries list --state queued --recipient stevenage.council-tax --json
"""
_REDRIVE = """
tuo deliveries redrive --recipient stevenage.council-tax

tuo deliveries redrive 019a3f0e-5c1e-8a51-9d6c-3f2b7f0c9b11

tuo deliveries redrive --all
"""


class Open(StrEnum):
    """The states a delivery can wait in."""

    held = "held"
    queued = "queued"
    sending = "sending"
    placed = "placed"
    needs_information = "needs-information"
    failed = "failed"


@app.callback()
def _deliveries() -> None:
    """Look at deliveries that are not done, and put failed ones back."""


@app.command("list", epilog=_LIST)
def list_(
    state: Annotated[Open, typer.Option(help="Where they stand.")] = Open.failed,
    recipient: Annotated[str | None, typer.Option(help="Only this recipient's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List deliveries that are not done, oldest first, with the reason; failed ones unless you say otherwise."""
    wanted = State[state.name.upper()]
    found = asyncio.run(_list(load_settings(), wanted, recipient, limit))
    if as_json:
        print(orjson.dumps([{**to_document(one), "state": one.state.word} for one in found]).decode())
    elif not found:
        print(f"No delivery is {wanted.word}.")
    else:
        Console().print(_table(found))


@app.command("redrive", epilog=_REDRIVE)
def redrive_(
    ids: Annotated[list[str] | None, typer.Argument(help="Deliveries, or messages, by id.")] = None,
    recipient: Annotated[str | None, typer.Option(help="Every failed delivery of this recipient.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every failed delivery there is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Put failed deliveries back in the queue, under the same ids, with a schedule that begins anew; settles their tasks."""
    if sum((bool(ids), recipient is not None, everything)) != 1:
        raise Plain("Say which: ids, or --recipient, or --all. `tuo deliveries list` shows what has failed.")
    chosen = [_delivery(text) for text in ids] if ids else None
    done = asyncio.run(_redrive(load_settings(), recipient, chosen))
    if as_json:
        print(orjson.dumps([str(id_) for id_ in done]).decode())
    else:
        print(f"Queued again: {len(done)}.")
    if chosen is not None and len(done) < len(set(chosen)):
        raise typer.Exit(1)


def _delivery(text: str) -> UUID:
    message = parse_message_id(text)
    if message is not None:
        return message[0]
    try:
        return UUID(text)
    except ValueError:
        raise Plain("That is not the id of a delivery or a message. `tuo deliveries list` shows those that failed.") from None


async def _list(settings: Settings, state: State, recipient: str | None, limit: int) -> list[OpenDelivery]:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await list_open(connection, state, recipient=recipient, limit=limit)


async def _redrive(settings: Settings, recipient: str | None, ids: list[UUID] | None) -> list[UUID]:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await redrive(connection, recipient=recipient, ids=ids)


def _table(found: list[OpenDelivery]) -> Table:
    table = folding_table("Delivery", "Recipient", "Version", "State", "Tries", "Told", "Why", "Since")
    for one in found:
        why = one.lane_waits_for or one.reason or ""
        told = "yes" if one.told else "no"
        since = f"{one.changed_at:%d %b %H:%M}"
        table.add_row(str(one.delivery), one.recipient, str(one.version), one.state.word, str(one.attempts), told, why, since)
    return table
