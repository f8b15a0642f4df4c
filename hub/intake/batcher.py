"""Records together what comes in together: requests that arrive while a transaction runs share the next one.

Alone a notification waits for nobody; under load one commit serves all that came in the meantime, and its cost with it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from psycopg_pool import PoolTimeout

from hub.cases import Arrival, Contended, Recorded, Refusal
from hub.observe import log
from hub.privacy import WrongMasterKey
from hub.store import LEDGER_AWAY

Answer = Recorded | Refusal
Record = Callable[[Sequence[Arrival]], Awaitable[list[Answer]]]

_MOST_TOGETHER = 256
_MOST_WAITING = 4096
_PATIENCE = 10.0
# Under load a transaction waits so long (seconds) for company: its own cost is that of several notifications.
_GATHER = 0.002
# After a restart of PostgreSQL each pooled connection fails once and is replaced. Repeating is safe: keys tell.
_TRIES = 3


class Unavailable(Exception):
    """The databases are away, or not this hub's, or too much waits for them: what was to be recorded may be sent again."""


class Batcher:
    """One transaction at a time. `record` is `hub.cases.record` with its pool and keys."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._waiting: deque[tuple[Sequence[Arrival], asyncio.Future[list[Answer]]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def put(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        """The answers to `arrivals`, committed. Raises `Unavailable`."""
        if len(self._waiting) >= _MOST_WAITING:
            raise Unavailable
        answers: asyncio.Future[list[Answer]] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrivals, answers))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answers

    async def close(self) -> None:
        """Wait for what is being recorded."""
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        # One turn of the loop: what the sockets hold already comes along.
        await asyncio.sleep(0)
        while self._waiting:
            taken = [self._waiting.popleft()]
            count = len(taken[0][0])
            while self._waiting and count < _MOST_TOGETHER:
                taken.append(self._waiting.popleft())
                count += len(taken[-1][0])
            await self._settle(taken)
            if self._waiting:
                await asyncio.sleep(_GATHER)
        self._running = None

    async def _settle(self, taken: Sequence[tuple[Sequence[Arrival], asyncio.Future[list[Answer]]]]) -> None:
        try:
            answers = iter(await self._try([arrival for arrivals, _ in taken for arrival in arrivals]))
        except Exception as error:
            if len(taken) > 1 and not isinstance(error, Unavailable):
                for one in taken:  # what fails by itself harms no other
                    await self._settle([one])
                return
            for _, waiting in taken:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for arrivals, waiting in taken:
            given = [next(answers) for _ in arrivals]
            if not waiting.done():  # its caller may have gone
                waiting.set_result(given)

    async def _try(self, arrivals: Sequence[Arrival]) -> list[Answer]:
        for attempt in range(_TRIES):
            try:
                async with asyncio.timeout(_PATIENCE):
                    return await self._record(arrivals)
            except LEDGER_AWAY as error:
                log.warning("intake.database-away", attempt=attempt + 1, exc_info=error)
                if isinstance(error, PoolTimeout):
                    break
            except (TimeoutError, Contended, WrongMasterKey) as error:
                log.warning("intake.not-recorded", attempt=attempt + 1, exc_info=error)
                break
        raise Unavailable
