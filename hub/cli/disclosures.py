"""`tuo cases disclosures`: which fields went to whom."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from hub.cli.case_tables import disclosures_table
from hub.cli.reach import reach
from hub.cli.references import CASE, a_reference, named, never_given
from hub.cli.tables import print_table
from hub.local import load_settings
from hub.settings import Settings
from schemas import Disclosures

DISCLOSURES = """
tuo cases disclosures "4KXR D7WM 2PYM"

tuo cases disclosures 4KXRD7WM2PYM --json | jq '.disclosures[] | .recipient, .fields'
"""


def disclosures_(
    case: Annotated[str, typer.Argument(help=CASE)],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document: the form of GET /v1/cases/{reference}/disclosures.")
    ] = False,
) -> None:
    """Say exactly which fields went to whom, when, and under which agreement. What was in them is not shown.

    The record stays when the case is erased.
    """
    found = asyncio.run(_disclosed(load_settings(), named(case)))
    if as_json:
        print(found.model_dump_json(by_alias=True))
    elif not found.disclosures:
        print("Nothing has been disclosed of this case.")
    else:
        print_table(disclosures_table(found))


async def _disclosed(settings: Settings, case: str | UUID) -> Disclosures:
    # What knows of deliveries and of the register, which commands that decide about cases do without.
    from hub.cli.register import current
    from hub.policy import explain
    from hub.tracking import Directory, disclosures, find_reference

    async with await reach(settings.database_url) as pool:
        register = await current(pool)
        async with pool.connection() as connection:
            reference = await a_reference(connection, case)
            found = await find_reference(connection, reference)
            if found is None:
                raise never_given()
            return await disclosures(connection, Directory(lambda: register, explain), reference, found.case_id)
