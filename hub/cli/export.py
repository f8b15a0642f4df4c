"""`tuo cases export`: what the hub holds about somebody, for them to read."""

import asyncio
import getpass
import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from hub.cli.faults import Plain
from hub.cli.opening import opened, reason_given
from hub.cli.references import CASE, a_reference, named, never_given
from hub.cli.run import settings_with_secrets

EXPORT = """
tuo cases export "4KXR D7WM 2PYM" --out request-17 --why "access request 17"
"""


def export_(
    case: Annotated[str, typer.Argument(help=CASE)],
    out: Annotated[Path, typer.Option(help="The files to write, without an ending: .json and .html are added. None is overwritten.")],
    why: Annotated[str, typer.Option(help="Why; kept with your name and the time. Name nobody.", metavar="TEXT")],
) -> None:
    """Write what the hub holds about the subject of a case: what it was told, who it told and when, what they answered.

    Third parties are struck out, whoever told among them; free words are marked, for a person to read. It is personal, only you
    can read the files, and that you opened it is recorded. Make sure who asks before you hand it over.
    """
    whose = named(case)
    reason = reason_given(why, "why it is opened")
    files = [out.with_name(f"{out.name}.{ending}") for ending in ("json", "html")]
    if there := [str(file) for file in files if file.exists()]:
        raise Plain(f"{there[0]} is there already. Name other files with --out.")
    for file, text in zip(files, asyncio.run(_export(whose, reason)), strict=True):
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
        print(f"Wrote: {file}")
    print("Read it before you hand it over: what is marked [a person reads this first] is left out until you have.")


async def _export(case: str | UUID, why: str) -> tuple[str, str]:
    # Pages, and what knows of deliveries and of the register, which commands that decide about cases do without.
    from hub.access import as_page, export
    from hub.cli.register import current
    from hub.policy import explain
    from hub.tracking import Directory

    settings = settings_with_secrets()
    async with opened(settings) as (pool, keys):
        async with pool.connection() as connection:
            reference = await a_reference(connection, case)
        register = await current(pool)
        directory = Directory(lambda: register, explain)
        found = await export(pool, keys, register, directory, reference, getpass.getuser(), why)
    if found is None:
        raise never_given()
    return found.model_dump_json(by_alias=True, indent=2), as_page(found)
