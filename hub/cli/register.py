"""The register, as commands need it once: roles watch it."""

from psycopg import Error

from hub.cli.reach import reach
from hub.recipients import Register, newest
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
