"""`tuo erase`: nothing the hub holds of a case can be read any more."""

import asyncio
from functools import partial
from typing import Annotated

import orjson
import typer
from rich.console import Console

from hub.broker import topic_retention
from hub.cases import group_reference
from hub.cli.json_document import to_document
from hub.cli.opening import opened
from hub.cli.references import never_given, reference_typed
from hub.cli.run import settings_with_secrets
from hub.cli.tables import folding_table
from hub.privacy import Erasure, erase, replay_erasures
from hub.settings import Settings
from hub.tracking import find_reference, following

app = typer.Typer()

_EXAMPLES = """
tuo erase "4KXR D7WM 2PYM"

tuo erase --replay  (after a backup was restored)
"""


@app.command("erase", epilog=_EXAMPLES)
def erase_(
    reference: Annotated[str | None, typer.Argument(help="The reference of the case, with or without spaces.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    replay: Annotated[bool, typer.Option("--replay", help="Erase again all that was ever erased: after a restore.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Destroy the keys of a case. It cannot be undone.

    What is unsent is recalled and what is in flight is waited for; then every key goes, and no copy the hub holds can
    be read. The history stays: who was told what kind of thing, when, under which agreement. What recipients' own
    topics still hold is listed with its date. What follows from it is of other people and stays: it is named, to be
    erased in its turn. Ends with 1 while something is still in flight.
    """
    settings = settings_with_secrets()
    if replay:
        count = asyncio.run(_replay(settings))
        print(orjson.dumps({"replayed": count}).decode() if as_json else f"{count} erasures done again.")
        return
    code = reference_typed(reference or "")
    if not yes:
        typer.confirm(f"Destroy everything the hub can read of {group_reference(code)}, for ever?", abort=True, err=True)
    done, stays = asyncio.run(_erase(settings, code))
    if done is None:
        raise never_given()
    if as_json:
        follows = [{"reference": one, "kind": kind} for one, kind in stays]
        print(orjson.dumps(to_document(done) | {"follows": follows}).decode())
    else:
        _print(done)
        for one, kind in stays:
            print(f"Follows from it and stays, of somebody else ({kind}): {group_reference(one)}")
    raise typer.Exit(0 if done.destroyed_at else 1)


async def _erase(settings: Settings, reference: str) -> tuple[Erasure | None, list[tuple[str, str]]]:
    """What was done, and what follows from the case."""
    async with opened(settings) as (pool, keys):
        async with pool.connection() as connection:
            found = await find_reference(connection, reference)
            stays = [] if found is None else await following(connection, found.case_id)
        return await erase(pool, keys, reference, partial(topic_retention, settings)), stays


async def _replay(settings: Settings) -> int:
    async with opened(settings) as (pool, keys):
        return await replay_erasures(pool, keys)


def _print(done: Erasure) -> None:
    console = Console()
    if done.destroyed_at is None:
        console.print(
            f"{done.in_flight} deliveries are still in flight. Nothing more goes out; the clock erases the case when they are back."
        )
        return
    console.print(f"Erased: {done.keys} keys are destroyed. Nothing the hub holds of this case can be read.")
    if not done.remains:
        return
    table = folding_table("Recipient", "Topic that still holds a copy", "Until, at the latest")
    for one in done.remains:
        table.add_row(one.recipient, one.topic, f"{one.until:%d %B %Y}" if one.until else "not known")
    console.print(table)
