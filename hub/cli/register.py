"""The register for commands that say more with it and work without: when the ledger answers, and not otherwise."""

from psycopg import Error

from hub.cli.reach import reach
from hub.recipients import Register, newest
from hub.settings import Settings


async def register_if_reached(settings: Settings) -> Register | None:
    """The newest register; None where the ledger does not answer, or has none."""
    try:
        async with await reach(settings.database_url) as pool, pool.connection() as connection:
            return await newest(connection)
    except Error:
        return None
