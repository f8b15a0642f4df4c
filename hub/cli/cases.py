"""`tuo cases`: decide whether two cases are one, and read what was disclosed of one."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import orjson
import typer

from hub.cases import CaseView, MergeRefused, Parted, Proposal, compare, keep_apart, merge, proposals, undo, view
from hub.cli.case_tables import case_table, disclosures_table, pair_table, proposals_table, tellers_table
from hub.cli.export import EXPORT, export_
from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.opening import opened, reason_given
from hub.cli.reach import reach
from hub.cli.references import never_given, reference_typed
from hub.cli.register import current
from hub.cli.run import settings_with_secrets
from hub.cli.tables import print_table
from hub.local import load_settings
from hub.policy import explain
from hub.privacy import Keys
from hub.settings import Settings
from hub.store import Pool
from hub.tracking import Directory, disclosures, find_reference
from schemas import Disclosures

app = typer.Typer(no_args_is_help=True)

T = TypeVar("T")

_MERGE = """
tuo cases review

tuo cases merge CASE OTHER

tuo cases undo CASE OTHER  (when it was wrong)
"""
_SHOW = """
tuo cases show CASE --why "the family asked what we hold"
"""
_REVIEW = """
tuo cases review  (the pair that waits longest)

tuo cases review CASE OTHER
"""

Why = Annotated[str, typer.Option("--why", help="Why you look; kept with your name and the time. Name nobody.", metavar="TEXT")]

_DISCLOSURES = """
tuo cases disclosures "4KXR D7WM 2PYM"

tuo cases disclosures 4KXRD7WM2PYM --json | jq '.disclosures[] | .recipient, .fields'
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
    carries sure identifiers of both. The hub never merges by itself.
    """
    found = asyncio.run(_list(load_settings(), proposed, limit))
    if as_json:
        print(orjson.dumps([to_document(proposal) for proposal in found]).decode())
    elif not found:
        print("There are no two cases that may be one.")
    else:
        print_table(proposals_table(found))


@app.command("merge", epilog=_MERGE)
def merge_(
    case: Annotated[UUID, typer.Argument(help="The case that goes on.")],
    other: Annotated[UUID, typer.Argument(help="The case that becomes part of it.")],
) -> None:
    """Make two cases one. What was told in the other is planned again in the case that goes on, as a new version.

    The other keeps its own record of what was disclosed; its references show the case that goes on.
    """
    by = getpass.getuser()
    version = asyncio.run(_decide(lambda pool, keys: merge(pool, keys, case, other, by)))
    print(f"Merged: version {version} of {case} waits for planning.")


@app.command("undo", epilog=_MERGE)
def undo_(
    case: Annotated[UUID, typer.Argument(help="One of the two that were merged.")],
    other: Annotated[UUID, typer.Argument(help="The other.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Make two cases of what was merged. Both are planned again: whoever was told of the one what was said of the other is
    corrected, and whoever was missed is told. They are kept apart from then on.
    """
    by = getpass.getuser()
    parted: Parted = asyncio.run(_decide(lambda pool, keys: undo(pool, keys, case, other, by)))
    if as_json:
        print(orjson.dumps(to_document(parted)).decode())
        return
    print(f"Parted: version {parted.survivors_version} of {parted.survivor} and version {parted.others_version} of {parted.other} wait.")


@app.command("keep-apart")
def keep_apart_(
    case: Annotated[UUID, typer.Argument(help="One case.")],
    other: Annotated[UUID, typer.Argument(help="The other.")],
) -> None:
    """Note that two cases are two. They are not proposed again."""
    by = getpass.getuser()
    asyncio.run(_decide(lambda pool, keys: keep_apart(pool, case, other, by)))
    print("Noted: they are two.")


@app.command("disclosures", epilog=_DISCLOSURES)
def disclosures_(
    reference: Annotated[str, typer.Argument(help="A reference of the case, with or without spaces.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document: the form of GET /v1/cases/{reference}/disclosures.")
    ] = False,
) -> None:
    """Say exactly which fields went to whom, when, and under which agreement. What was in them is not shown.

    The record stays when the case is erased.
    """
    code = reference_typed(reference)
    found = asyncio.run(_disclosed(load_settings(), code))
    if as_json:
        print(found.model_dump_json(by_alias=True))
    elif not found.disclosures:
        print("Nothing has been disclosed of this case.")
    else:
        print_table(disclosures_table(found))


async def _disclosed(settings: Settings, reference: str) -> Disclosures:
    async with await reach(settings.database_url) as pool:
        register = await current(pool)
        async with pool.connection() as connection:
            found = await find_reference(connection, reference)
            if found is None:
                raise never_given()
            return await disclosures(connection, Directory(lambda: register, explain), reference, found.case_id)


@app.command("show", epilog=_SHOW)
def show(
    case: Annotated[UUID, typer.Argument(help="The case.")],
    why: Why,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Open a case: what it says now, who told and how sure they are. It is personal, and that you looked is recorded."""
    [found] = asyncio.run(_look([case], why))
    if as_json:
        print(orjson.dumps(to_document(found)).decode())
        return
    _print_heading(found)
    print_table(case_table(found))
    print()
    print_table(tellers_table(found))


@app.command("review", epilog=_REVIEW)
def review(
    case: Annotated[UUID | None, typer.Argument(help="One case; without, the pair that waits longest.")] = None,
    other: Annotated[UUID | None, typer.Argument(help="The other.")] = None,
    why: Why = "to decide whether two cases are one",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show both sides of two cases that may be one, what differs first. It is personal, and that you looked is recorded."""
    waiting = asyncio.run(_list(load_settings(), undecided=True, limit=1000))
    pair = [one for one in (case, other) if one is not None] or [one for found in waiting[:1] for one in (found.case_a, found.case_b)]
    if len(pair) == 1 or (case is not None and case == other):
        raise typer.BadParameter("name both cases, or none for the pair that waits longest")
    if not pair:
        print("null" if as_json else "No two cases wait for a decision.")
        return
    one, two = asyncio.run(_look(pair, why))
    if as_json:
        compared = [to_document(field) for field in compare(one, two)]
        print(orjson.dumps({"cases": [to_document(one), to_document(two)], "compared": compared, "waiting": len(waiting)}).decode())
        return
    print_table(pair_table(one, two))
    for found in (one, two):
        print()
        _print_heading(found)
        print_table(tellers_table(found))
    print(f"\n{len(waiting)} wait. Decide: tuo cases merge {one.case} {two.case}\n    or: tuo cases keep-apart {one.case} {two.case}")


app.command("export", epilog=EXPORT)(export_)


async def _list(settings: Settings, undecided: bool, limit: int) -> list[Proposal]:
    async with await reach(settings.database_url) as pool:
        return await proposals(pool, undecided=undecided, limit=limit)


async def _decide(act: Callable[[Pool, Keys], Awaitable[T]]) -> T:
    settings = settings_with_secrets()
    async with opened(settings) as (pool, keys):
        try:
            return await act(pool, keys)
        except MergeRefused as refused:
            raise Plain(f"Not done: {refused}.") from None


async def _look(cases: list[UUID], why: str) -> list[CaseView]:
    reason = reason_given(why, "why you look")
    settings = settings_with_secrets()
    async with opened(settings) as (pool, keys):
        register = await current(pool)
        found = await view(pool, keys, register.kinds, cases, getpass.getuser(), reason)
    if len(found) < len(cases):
        raise Plain("The hub knows no such case: `tuo cases list` and `tuo tasks list` show their ids.")
    return found


def _print_heading(one: CaseView) -> None:
    said = f"{one.case}: {one.kind}, {one.standing}, {one.fact}, since {one.opened_at:%d %b %Y %H:%M}"
    part = f"; part of {one.part_of}" if one.part_of else ""
    parts = f"; with {', '.join(map(str, one.parts))}" if one.parts else ""
    print(f"{said}{part}{parts}{'' if one.fields else '; erased'}")
