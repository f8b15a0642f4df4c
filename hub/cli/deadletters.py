"""`tuo deadletters`: records that could not be processed."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import typer
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.table import Table

from hub.broker import DeadLetter, Fate, find_dead_letters, list_dead_letters, open_producer, redrive, waiting_dead_letters
from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.cli.tables import folding_table
from hub.local import load_settings
from hub.settings import Settings
from hub.store import Connection

app = typer.Typer(no_args_is_help=True)

_LIST = """
tuo deadletters list

tuo deadletters list --json | jq '.[].reason'
"""
_REDRIVE = """
tuo deadletters redrive 3 4

tuo deadletters redrive --all
"""
_AT_ONCE = 1_000
_SHOWN = 200
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@dataclass(frozen=True, slots=True)
class _Redriven:
    """What became of the dead letters that somebody wanted to put back, by their numbers."""

    redriven: list[int]
    too_large: list[int]
    topic_gone: list[int]
    nothing_kept: list[int]
    unknown: list[int]


@app.callback()
def _deadletters() -> None:
    """Look at what could not be processed, and put it back."""


@app.command("list", epilog=_LIST)
def list_(
    redriven: Annotated[bool, typer.Option("--redriven", help="Those put back already, too.")] = False,
    after: Annotated[int, typer.Option(help="From behind this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=_AT_ONCE, help="At most so many.")] = 100,
    as_json: _Json = False,
) -> None:
    """List dead letters, oldest first: where each came from, why it died, and how often it came back."""
    letters = asyncio.run(_list(load_settings(), after, redriven, limit))
    if as_json:
        print(orjson.dumps([_summary(letter) for letter in letters]).decode())
    elif not letters:
        print("There are no dead letters.")
    else:
        Console(markup=False).print(_table(letters))


@app.command("show")
def show(letter: Annotated[int, typer.Argument(help="Its number, as `tuo deadletters list` shows it.")], as_json: _Json = False) -> None:
    """Show one dead letter's headers and fields at fault. Its content is sealed and stays so."""
    found = asyncio.run(_find(load_settings(), letter))
    if found is None:
        raise Plain(f"There is no dead letter {letter}. `tuo deadletters list` shows those there are.")
    shown = _summary(found) | {
        "headers": {name[:_SHOWN]: (value or b"").decode(errors="replace")[:_SHOWN] for name, value in found.record.headers},
        "bytes": len(found.record.value or b""),
    }
    if as_json:
        print(orjson.dumps(shown).decode())
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in shown.items():
        table.add_row(name, orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value))
    Console(markup=False).print(table)


@app.command("redrive", epilog=_REDRIVE)
def redrive_(
    letters: Annotated[list[int] | None, typer.Argument(help="Numbers, as `tuo deadletters list` shows them.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="All that were not put back yet.")] = False,
    as_json: _Json = False,
) -> None:
    """Put dead letters back on their topics, as they were. Mend what was wrong first: otherwise they come straight back.

    Of some nothing was kept: nobody could read them, or they were larger than any answer. Close their tasks by hand.
    """
    if bool(letters) is all_:
        raise Plain("Name dead letters by their numbers, or say --all.")
    done = _sorted(asyncio.run(_redrive(load_settings(), letters)), letters or [])
    print(orjson.dumps(to_document(done)).decode() if as_json else _said(done))
    if done.unknown:
        raise Plain(f"There is no dead letter {_numbers(done.unknown)}. `tuo deadletters list` shows those there are.")
    if done.too_large or done.topic_gone or done.nothing_kept:
        raise typer.Exit(1)


async def _list(settings: Settings, after: int, redriven: bool, limit: int) -> list[DeadLetter]:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return await list_dead_letters(connection, after=after, redriven=redriven, limit=limit)


async def _find(settings: Settings, letter: int) -> DeadLetter | None:
    async with await reach(settings.database_url) as pool, pool.connection() as connection:
        return next(iter(await find_dead_letters(connection, [letter])), None)


async def _redrive(settings: Settings, letters: list[int] | None) -> dict[int, Fate]:
    producer = await open_producer(settings, "deadletters")
    try:
        async with await reach(settings.database_url) as pool, pool.connection() as connection:
            if letters is not None:
                return await redrive(connection, producer, letters)
            return await _redrive_all(connection, producer)
    finally:
        await producer.stop()


async def _redrive_all(connection: Connection, producer: AIOKafkaProducer) -> dict[int, Fate]:
    """Those there are now: what comes straight back is not put back again by the same command."""
    fates: dict[int, Fate] = {}
    waiting = await waiting_dead_letters(connection)
    for start in range(0, len(waiting), _AT_ONCE):
        fates |= await redrive(connection, producer, waiting[start : start + _AT_ONCE])
    return fates


def _sorted(fates: dict[int, Fate], wanted: list[int]) -> _Redriven:
    ids = {fate: [id_ for id_ in fates if fates[id_] is fate] for fate in Fate}
    unknown = sorted({*wanted} - fates.keys())
    return _Redriven(ids[Fate.REDRIVEN], ids[Fate.TOO_LARGE], ids[Fate.TOPIC_GONE], ids[Fate.NOTHING_KEPT], unknown)


def _said(done: _Redriven) -> str:
    left = {
        "Too large for their topics": done.too_large,
        "Their topics are gone": done.topic_gone,
        "Nothing was kept of": done.nothing_kept,
    }
    return " ".join([f"Put back {len(done.redriven)}.", *(f"{why}: {_numbers(ids)}." for why, ids in left.items() if ids)])


def _numbers(ids: list[int]) -> str:
    return ", ".join(map(str, ids))


def _summary(letter: DeadLetter) -> dict[str, Any]:
    record = letter.record
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    shown = {name: value for name, value in to_document(letter).items() if name != "record"}
    return {**shown, **place, "redrives": letter.redrives}


def _table(letters: list[DeadLetter]) -> Table:
    table = folding_table("No", "Topic", "Where", "Reason", "Fields", "Died", "Put back before")
    for letter in letters:
        where = f"{letter.record.partition}/{letter.record.offset}"
        died = f"{letter.died_at:%d %b %H:%M}"
        table.add_row(str(letter.id), letter.record.topic, where, letter.reason, ", ".join(letter.paths), died, str(letter.redrives or ""))
    return table
