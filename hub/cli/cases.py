"""`tuo cases`: decide whether two cases are one, and read what was disclosed of one."""

import asyncio
import getpass
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.cases import MergeRefused, Proposal, keep_apart, merge, parse_reference, proposals
from hub.cli.faults import Plain
from hub.cli.json_document import to_document
from hub.cli.reach import reach
from hub.cli.tables import print_table
from hub.local import load_settings
from hub.policy import explain
from hub.privacy import Keys
from hub.recipients import RegisterWatch
from hub.settings import Settings
from hub.tracking import Directory, disclosures, find_reference
from schemas import Disclosures

app = typer.Typer(no_args_is_help=True)

_MERGE = """
tuo cases list --proposed

tuo cases merge CASE OTHER
"""

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
        Console().print(_table(found))


@app.command("merge", epilog=_MERGE)
def merge_(
    case: Annotated[UUID, typer.Argument(help="The case that goes on.")],
    other: Annotated[UUID, typer.Argument(help="The case that becomes part of it.")],
) -> None:
    """Make two cases one. What was told in the other is planned again in the case that goes on, as a new version.

    The other keeps its own record of what was disclosed; its references show the case that goes on.
    """
    version = asyncio.run(_decide(load_settings(), case, other, apart=False))
    print(f"Merged: version {version} of {case} waits for planning.")


@app.command("keep-apart")
def keep_apart_(
    case: Annotated[UUID, typer.Argument(help="One case.")],
    other: Annotated[UUID, typer.Argument(help="The other.")],
) -> None:
    """Note that two cases are two. They are not proposed again."""
    asyncio.run(_decide(load_settings(), case, other, apart=True))
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
    code = parse_reference(reference)
    if code is None:
        raise Plain("This is not a reference: 12 letters and figures, the last of which checks the others. Look for a slip.")
    found = asyncio.run(_disclosed(load_settings(), code))
    if as_json:
        print(found.model_dump_json(by_alias=True))
    elif not found.disclosures:
        print("Nothing has been disclosed of this case.")
    else:
        print_table(_disclosed_table(found))


async def _disclosed(settings: Settings, reference: str) -> Disclosures:
    async with await reach(settings.database_url) as pool:
        register = RegisterWatch(pool)
        await register.look()
        async with pool.connection() as connection:
            found = await find_reference(connection, reference)
            if found is None:
                raise Plain("The hub never gave this reference.")
            return await disclosures(connection, Directory(lambda: register.current, explain), reference, found.case_id)


async def _list(settings: Settings, undecided: bool, limit: int) -> list[Proposal]:
    async with await reach(settings.database_url) as pool:
        return await proposals(pool, undecided=undecided, limit=limit)


async def _decide(settings: Settings, case: UUID, other: UUID, *, apart: bool) -> int | None:
    async with await reach(settings.database_url, size=2) as pool, await reach(settings.keystore_url) as keystore:
        keys = Keys(keystore, bytes.fromhex(settings.master_key.get_secret_value()))
        try:
            if apart:
                await keep_apart(pool, case, other, getpass.getuser())
                return None
            return await merge(pool, keys, case, other, getpass.getuser())
        except MergeRefused as refused:
            raise Plain(f"Not done: {refused}.") from None


def _table(found: list[Proposal]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Case", "Other", "Why", "Since", "Decision"):
        table.add_column(name, overflow="fold")
    for proposal in found:
        since, decision = f"{proposal.proposed_at:%d %b %H:%M}", proposal.decision or "waits"
        table.add_row(str(proposal.case_a), str(proposal.case_b), proposal.cause, since, decision)
    return table


def _disclosed_table(found: Disclosures) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Recipient", "When", "Notice", "Agreement", "Basis", "Fields"):
        table.add_column(name, overflow="fold")
    for one in found.disclosures:
        when = f"{one.first_disclosed_at:%d %b %Y %H:%M:%S}{'' if one.told else ', not sent'}"
        basis = one.sender.basis if one.sender else ""
        table.add_row(one.recipient, when, one.notice, one.agreement, basis, "\n".join(one.fields))
    return table
