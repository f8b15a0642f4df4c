"""The current register of a process, read again every few seconds."""

import asyncio
import contextlib
from collections.abc import Callable

from hub.observe import log
from hub.recipients.loading import newest
from hub.recipients.register import Register
from hub.store import LEDGER_AWAY, Pool

_EVERY = 2.0


class RegisterWatch:
    """`current` is the newest register this process has seen; an empty one of version 0 before any was loaded."""

    def __init__(self, pool: Pool, changed: Callable[[Register], None] = lambda register: None) -> None:
        self._pool = pool
        self._changed = changed
        self.current = Register(())

    async def look(self) -> Register:
        """Read the newest now. Raises `psycopg.Error` where the ledger is away."""
        async with self._pool.connection() as connection:
            found = await newest(connection, self.current.version)
        if found is not None:
            self.current = found
            log.info("register.read", register=found.version, count=len(found.recipients))
            self._changed(found)
        return self.current

    async def run(self) -> None:
        """Look every few seconds, for ever; an absent ledger leaves the current one in use."""
        while True:
            with contextlib.suppress(*LEDGER_AWAY):
                await self.look()
            await asyncio.sleep(_EVERY)
