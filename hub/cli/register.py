"""The register, as commands need it once: roles watch it."""

from psycopg import Error

from hub.cli.reach import reach
from hub.recipients import Fault, Register, kinds_in_use, newest
from hub.settings import Settings
from hub.store import Pool


async def current(pool: Pool) -> Register:
    """The newest register; an empty one of version 0 before any was loaded."""
    async with pool.connection() as connection:
        return await newest(connection) or Register(())


async def register_if_reached(settings: Settings) -> Register | None:
    """For commands that say more with it and work without: None where the ledger does not answer, or has none."""
    try:
        async with await reach(settings.database_url) as pool, pool.connection() as connection:
            return await newest(connection)
    except Error:
        return None


async def refused_kinds(settings: Settings, register: Register) -> list[Fault]:
    """For what `load` would refuse `register` though its folder is in order: kinds left out that there are cases of.

    None are said where the ledger does not answer.
    """
    try:
        async with await reach(settings.database_url) as pool, pool.connection() as connection:
            in_use = await kinds_in_use(connection, register)
    except Error:
        return []
    said = "is not there, and the hub has cases of this kind: `tuo recipients load` refuses the folder"
    return [Fault(f"kinds/{kind}.yaml", 1, "", said, "the files of this kind, put into kinds/ again") for kind in in_use]
