"""The way of a command to the databases."""

from psycopg import AsyncConnection

from hub.store import Pool, open_pool

_PATIENCE = 5  # seconds


async def reach(url: str, *, size: int = 1) -> Pool:
    """An open pool of at most `size` connections. Raises `psycopg.OperationalError` with what is wrong, within seconds.

    One plain connection is made first: a pool knocks for half a minute at a server that is away or takes no password,
    and then says only that it waited. That is for processes that outlive their database, not for a person who waits.
    """
    await (await AsyncConnection.connect(url, connect_timeout=_PATIENCE)).close()
    return await open_pool(url, size=size)
