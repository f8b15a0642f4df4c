"""One leader among the clocks: who holds an advisory lock of the ledger, on a connection of its own.

The connection's keepalives are short, so that a leader that is cut off and the server that frees its lock find out
within seconds. Two may overlap for that long: every duty is safe if they do.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hub.store import Connection

_LOCK = 0x7475_6F63_6C6F_636B  # "tuoclock"
_ALIVE = "keepalives_idle=1 keepalives_interval=1 keepalives_count=3 tcp_user_timeout=4000 connect_timeout=5"
_SERVER = "-c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c timezone=UTC"
_ANSWERS_WITHIN = 4.0


class Leadership:
    """The lock, for as long as its connection lives."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def is_held(self) -> bool:
        """Whether the lock's connection still answers."""
        try:
            async with asyncio.timeout(_ANSWERS_WITHIN):
                await self._connection.execute("SELECT 1")
        except (psycopg.Error, TimeoutError):
            return False
        return True


@asynccontextmanager
async def leading(url: str) -> AsyncIterator[Leadership | None]:
    """The leadership while the block runs, or None where another holds it. Raises `psycopg.Error` without a server."""
    address = make_conninfo(f"{_ALIVE} application_name=tuo-clock", **conninfo_to_dict(url))
    connection = await psycopg.AsyncConnection.connect(address, autocommit=True, options=_SERVER)
    try:
        row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,))).fetchone()
        yield Leadership(connection) if row and row[0] else None
    finally:
        # Closing frees the lock, an orderly stop as much as a crash.
        await connection.close()
