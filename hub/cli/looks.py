"""`tuo cases show` and `review`: what cases say, for somebody who says why they look."""

import asyncio
import getpass
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import orjson
import typer

from hub.cases import CaseView, Proposal, compare, proposals, view
from hub.cli.case_tables import case_table, pair_table, tellers_table
from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.opening import opened, reason_given
from hub.cli.reach import reach
from hub.cli.references import CASE, find_case, named, shown
from hub.cli.run import settings_with_secrets
from hub.cli.tables import print_table
from hub.cli.typed import as_typed
from hub.local import load_settings
from hub.settings import Settings

SHOW = """
tuo cases show CASE --why "the family asked what we hold"
"""
REVIEW = """
tuo cases review  (the pair that waits longest)

tuo cases review CASE OTHER
"""
_Why = Annotated[str, typer.Option("--why", help="Why you look; kept with your name and the time. Name nobody.", metavar="TEXT")]


async def pairs(settings: Settings, *, undecided: bool, limit: int) -> list[Proposal]:
    """Pairs of cases that may be one, oldest first: all, or only those nobody decided yet."""
    async with await reach(settings.database_url) as pool:
        return await proposals(pool, undecided=undecided, limit=limit)


def show_(
    case: Annotated[str, typer.Argument(help=CASE)],
    why: _Why,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Open a case: what it says now, who told and how sure they are. It is personal, and that you looked is recorded."""
    [found] = asyncio.run(_look([named(case)], why))
    if as_json:
        print(orjson.dumps(to_document(found)).decode())
        return
    _print_heading(found)
    print_table(case_table(found))
    print()
    print_table(tellers_table(found))


def review_(
    case: Annotated[str | None, typer.Argument(help="One case, by reference or id; without, the pair that waits longest.")] = None,
    other: Annotated[str | None, typer.Argument(help="The other.")] = None,
    why: _Why = "to decide whether two cases are one",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show both sides of two cases that may be one, what differs first. It is personal, and that you looked is recorded."""
    waiting = asyncio.run(pairs(load_settings(), undecided=True, limit=1000))
    given = [named(one) for one in (case, other) if one is not None]
    pair = given or [one for found in waiting[:1] for one in (found.case_a, found.case_b)]
    if len(set(pair)) == 1:
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
    both = " ".join(f'"{shown(found.case, found.reference)}"' for found in (one, two))
    print(as_typed(f"\n{len(waiting)} wait. Decide: tuo cases merge {both}\n    or: tuo cases keep-apart {both}"))


async def _look(named_so: Sequence[str | UUID], why: str) -> list[CaseView]:
    from hub.cli.register import current  # loads the register, which commands that decide about cases do without

    reason = reason_given(why, "why you look")
    settings = settings_with_secrets()
    async with opened(settings) as (pool, keys):
        register = await current(pool)
        async with pool.connection() as connection:
            cases = [await find_case(connection, one) for one in named_so]
        if len(set(cases)) < len(cases):
            raise Plain("Both name the same case.")
        found = await view(pool, keys, register.kinds, cases, getpass.getuser(), reason)
    if len(found) < len(cases):
        raise Plain("The hub knows no such case: `tuo cases list` and `tuo tasks list` show those there are.")
    return found


def _print_heading(one: CaseView) -> None:
    said = f"{shown(one.case, one.reference)} ({one.case}): {one.kind}, {one.standing}, {one.fact}, since {one.opened_at:%d %b %Y %H:%M}"
    part = f"; part of {one.part_of}" if one.part_of else ""
    parts = f"; with {', '.join(map(str, one.parts))}" if one.parts else ""
    print(f"{said}{part}{parts}{'' if one.fields else '; erased'}")
