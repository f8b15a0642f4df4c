"""Tells the relay that something lies in the outbox, so that it need not look all the time.

In a transaction of its own, after intake's commit and without waiting for the disk: transactions that notify commit one
after the other, and intake's shall not. Missing a ring loses nothing, since the relay also sweeps.
"""

import asyncio
import contextlib

import psycopg

from hub.relay import CHANNEL
from hub.store import Pool, open_pool

_APART = 0.012  # seconds between rings: each costs the relay a round of its own


class Doorbell:
    """Rings at once when it has been quiet, and else once for all that came meanwhile."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._wanted = False
        self._ringing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str) -> "Doorbell":
        """A doorbell with a connection of its own."""
        return cls(await open_pool(url, size=1, options="-c synchronous_commit=off"))

    def ring(self) -> None:
        """Have the relay look. Never waits, never fails."""
        self._wanted = True
        if self._ringing is None:
            self._ringing = asyncio.create_task(self._ring())

    async def close(self) -> None:
        if self._ringing is not None:
            self._ringing.cancel()
        await self._pool.close()

    async def _ring(self) -> None:
        while self._wanted:
            self._wanted = False
            with contextlib.suppress(psycopg.Error):
                async with self._pool.connection(timeout=1) as connection:
                    await connection.execute(f"NOTIFY {CHANNEL}")
            await asyncio.sleep(_APART)
        self._ringing = None
