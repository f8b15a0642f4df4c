"""`tuo cases`: decide whether two cases are one, and read what was disclosed of one."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import orjson
import typer

from hub.cases import MergeRefused, Parted, keep_apart, merge, undo
from hub.cli.case_tables import proposals_table
from hub.cli.disclosures import DISCLOSURES, disclosures_
from hub.cli.export import EXPORT, export_
from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.looks import REVIEW, SHOW, pairs, review_, show_
from hub.cli.opening import opened
from hub.cli.references import find_case, named
from hub.cli.run import settings_with_secrets
from hub.cli.tables import print_table
from hub.local import load_settings
from hub.privacy import Keys
from hub.store import Pool

app = typer.Typer(no_args_is_help=True)

T = TypeVar("T")

_MERGE = """
tuo cases review

tuo cases merge CASE OTHER

tuo cases undo CASE OTHER  (when it was wrong)
"""


@app.callback()
def _cases() -> None:
    """Decide whether two cases are one, and read what was disclosed of one."""


@app.command("list")
def list_(
    proposed: Annotated[bool, typer.Option("--proposed", help="Only those that wait for a decision.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """List pairs of cases that may be one, oldest first.

    `looks-alike`: same name and birth date, and the same date of death or postcode. `keys-disagree`: one notification
    carries sure identifiers of both, or names a message about one and says another person. The hub never merges by itself.
    """
    found = asyncio.run(pairs(load_settings(), undecided=proposed, limit=limit))
    if as_json:
        print(orjson.dumps([to_document(proposal) for proposal in found]).decode())
    elif not found:
        print("There are no two cases that may be one.")
    else:
        print_table(proposals_table(found))


@app.command("merge", epilog=_MERGE)
def merge_(
    case: Annotated[str, typer.Argument(help="The case that goes on: a reference of it, or its id.")],
    other: Annotated[str, typer.Argument(help="The case that becomes part of it.")],
) -> None:
    """Make two cases one. What was told in the other is planned again in the case that goes on, as a new version.

    The other keeps its own record of what was disclosed; its references show the case that goes on.
    """
    by = getpass.getuser()
    version = asyncio.run(_decide(case, other, lambda pool, keys, one, two: merge(pool, keys, one, two, by)))
    print(f"Merged: version {version} of {case} waits for planning.")


@app.command("undo", epilog=_MERGE)
def undo_(
    case: Annotated[str, typer.Argument(help="One of the two that were merged: a reference of it, or its id.")],
    other: Annotated[str, typer.Argument(help="The other.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make two cases of what was merged. Both are planned again: whoever was told of the one what was said of the other is
    corrected, and whoever was missed is told. They are kept apart from then on.
    """
    by = getpass.getuser()
    parted: Parted = asyncio.run(_decide(case, other, lambda pool, keys, one, two: undo(pool, keys, one, two, by)))
    if as_json:
        print(orjson.dumps(to_document(parted)).decode())
        return
    print(f"Parted: version {parted.survivors_version} of {parted.survivor} and version {parted.others_version} of {parted.other} wait.")


@app.command("keep-apart")
def keep_apart_(
    case: Annotated[str, typer.Argument(help="One case: a reference of it, or its id.")],
    other: Annotated[str, typer.Argument(help="The other.")],
) -> None:
    """Note that two cases are two. They are not proposed again."""
    by = getpass.getuser()
    asyncio.run(_decide(case, other, lambda pool, _, one, two: keep_apart(pool, one, two, by)))
    print("Noted: they are two.")


app.command("disclosures", epilog=DISCLOSURES)(disclosures_)
app.command("show", epilog=SHOW)(show_)
app.command("review", epilog=REVIEW)(review_)
app.command("export", epilog=EXPORT)(export_)


async def _decide(case: str, other: str, act: Callable[[Pool, Keys, UUID, UUID], Awaitable[T]]) -> T:
    names = named(case), named(other)
    settings = settings_with_secrets()
    async with opened(settings) as (pool, keys):
        async with pool.connection() as connection:
            one, two = [await find_case(connection, name) for name in names]
        try:
            return await act(pool, keys, one, two)
        except MergeRefused as refused:
            raise Plain(f"Not done: {refused}.") from None
