"""Tells the relay that something lies in the outbox, so that it need not look all the time.

In a transaction of its own, after intake's commit and without waiting for the disk: transactions that notify commit one
after the other, and intake's shall not. Missing a ring loses nothing, since the relay also sweeps.
"""

import asyncio
import contextlib

import psycopg

from hub.relay import CHANNEL
from hub.store import Pool, open_pool

# Each ring costs everybody behind it a round of their own: the more want one, the longer it waits for others. Seconds.
_APART_FOR_EACH = 0.012
_APART_AT_MOST = 0.025


class Doorbell:
    """Rings at once when it has been quiet, and else once for all that came meanwhile."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._wanted = 0
        self._ringing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str) -> "Doorbell":
        """A doorbell with a connection of its own."""
        return cls(await open_pool(url, size=1, options="-c synchronous_commit=off"))

    def ring(self) -> None:
        """Have the relay look. Never waits, never fails."""
        self._wanted += 1
        if self._ringing is None:
            self._ringing = asyncio.create_task(self._ring())

    async def close(self) -> None:
        if self._ringing is not None:
            self._ringing.cancel()
        await self._pool.close()

    async def _ring(self) -> None:
        while self._wanted:
            apart = min(_APART_AT_MOST, self._wanted * _APART_FOR_EACH)
            self._wanted = 0
            with contextlib.suppress(psycopg.Error):
                async with self._pool.connection(timeout=1) as connection:
                    await connection.execute(f"NOTIFY {CHANNEL}")
            await asyncio.sleep(apart)
        self._ringing = None
