"""Brings both databases to what this hub needs: tables, partitions, the register of recipients."""

import asyncio
from datetime import UTC, datetime

from hub.cli.faults import Plain
from hub.cli.reach import reach
from hub.recipients import KindInUse, Register, load, newest, read
from hub.settings import Settings
from hub.store import add_partitions, migrate

_SHOWN = 5


def bring_up_to_date(settings: Settings) -> None:
    """Migrate both databases and add the coming months' partitions; may be repeated."""
    migrate("ledger", settings.database_url)
    migrate("keys", settings.keystore_url)
    asyncio.run(_add_partitions(settings.database_url))


def load_recipients(settings: Settings) -> Register | None:
    """Make what is in the recipients' folder the current register, and return it; None where there is nothing.

    Raises `Plain` with the first faults, and changes nothing then.
    """
    from hub.cli.kinds import checks  # loads the connectors, which commands that read no folder do without

    folder = settings.recipients_dir
    if not folder.is_dir() or not any(path.suffix in (".yaml", ".yml") for path in folder.iterdir()):
        return None
    found = read(folder, checks(settings))
    if not isinstance(found, Register):
        shown = "\n".join(f"  {fault}" for fault in found[:_SHOWN])
        raise Plain(f"The recipients in {folder} are not in order (faults: {len(found)}; all with tuo recipients check):\n{shown}")
    asyncio.run(load_register(settings.database_url, found))
    return found


async def load_register(url: str, register: Register) -> int:
    """Make `register` the current one of the ledger at `url`, and return its version. Raises `Plain` where a kind it drops is in use."""
    async with await reach(url) as pool, pool.connection() as connection:
        try:
            return await load(connection, register)
        except KindInUse as fault:
            raise Plain(str(fault)) from None


def count_recipients(settings: Settings) -> int:
    """How many recipients the current register has; 0 where none was ever loaded."""
    return asyncio.run(_count(settings.database_url))


async def _add_partitions(url: str) -> None:
    async with await reach(url) as pool, pool.connection() as connection:
        await add_partitions(connection, datetime.now(UTC))


async def _count(url: str) -> int:
    async with await reach(url) as pool, pool.connection() as connection:
        register = await newest(connection)
    return len(register.recipients) if register is not None else 0
