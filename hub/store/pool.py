"""Connections to PostgreSQL, set up once for how the hub uses them."""

from typing import Any

from psycopg import AsyncConnection, InterfaceError, OperationalError
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from hub.store.arrays import register_arrays

# What a database that is away raises: it restarts, refuses connections, lost them, or has none free (a pool's timeout is
# an OperationalError), or, of its own accord, undid a transaction in a deadlock or on a full disk. The same can be tried again.
LEDGER_AWAY = (OperationalError, InterfaceError)

Connection = AsyncConnection[TupleRow]
Pool = AsyncConnectionPool[Connection]

# The hub's statements all go by key. A fresh table has no statistics, and the planner then prefers to read it whole:
# measured, deliveries fell to an eighth. So sequential scans are priced out and one generic plan is kept.
_SESSION = "-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan -c timezone=UTC"


async def open_pool(url: str, *, size: int = 4, smallest: int = 1, **connect: Any) -> Pool:
    """An open pool of at most `size` autocommit connections; open a transaction with `conn.transaction()`.

    Statements are prepared at once; rows come as tuples, in binary where the statement asks for it.
    Raises `psycopg_pool.PoolTimeout` where the server does not answer within 30 seconds. A connection that a restart of
    the server broke fails once, with `psycopg.OperationalError`, and is replaced: whoever uses one tries again.
    """
    pool: Pool = AsyncConnectionPool(
        url,
        min_size=smallest,
        max_size=size,
        open=False,
        configure=_configure,
        kwargs={
            "autocommit": True,
            "prepare_threshold": 0,
            "options": _SESSION,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            **connect,
        },
    )
    await pool.open(wait=True)
    return pool


async def _configure(connection: Connection) -> None:
    register_arrays(connection)
