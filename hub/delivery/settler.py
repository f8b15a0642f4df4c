"""Collects outcomes and settles them in batches; keeps the breakers, and what a recipient asked for, in step."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from connectors.contract import Delivered, EndpointFault, Gone, Outcome, Retry
from hub.delivery import breaker
from hub.delivery.lane import Lane
from hub.delivery.parts import Settlement
from hub.delivery.schedule import Schedule
from hub.delivery.settle import settle
from hub.delivery.witness import count_and_log
from hub.observe import log
from hub.roles import end_tasks
from hub.store import Connection, Pool

_MOST = 512  # settlements of one transaction
_AGAIN = 0.5  # seconds until a failed batch is tried again
# Seconds in which outcomes come together. Nobody waits for a settlement, but a worker that is killed repeats what it had not settled.
_GATHER = 0.015


class Settler:
    """One a worker. What it has taken it keeps until the ledger has it, however long the ledger is away."""

    def __init__(
        self, pool: Pool, worker: str, schedule: Schedule, probing: breaker.Probing, failures: int, on_settled: Callable[[], None]
    ) -> None:
        self._pool = pool
        self._worker = worker
        self._schedule = schedule
        self._probing = probing
        self._failures = failures
        self._on_settled = on_settled
        self._waiting: deque[tuple[Lane, Settlement]] = deque()
        self._saves: deque[Callable[[Connection], Coroutine[Any, Any, None]]] = deque()
        self._news = asyncio.Event()
        self._stopping = False

    def add(self, lane: Lane, settlement: Settlement) -> None:
        """Take a settlement; the lane's delivery is busy until the ledger has it."""
        lane.unsettled += 1
        self._waiting.append((lane, settlement))
        self._news.set()

    def outcomes(self, lane: Lane, outcomes: Sequence[Outcome], first: UUID) -> None:
        """Let the lane's breaker see what one call brought. `first` is the delivery that was, if so, the probe."""
        if len(outcomes) == 1 and type(outcomes[0]) is Delivered and not lane.breaker.failures and not lane.breaker.is_open:
            return
        now = datetime.now(UTC)
        gone = any(isinstance(outcome, Gone) for outcome in outcomes)
        fault = next((o for o in outcomes if isinstance(o, EndpointFault)), None)
        failed = all(isinstance(outcome, Retry) for outcome in outcomes)
        if gone:
            lane.paused = True
            self._save(lambda c: breaker.save_gone(c, lane.recipient))
        elif fault is not None or failed:
            self._failed(lane, outcomes[0] if fault is None else fault, first, now)
        else:
            self._answered(lane, now)
        after = max((o.after for o in outcomes if isinstance(o, Retry) and o.after is not None), default=None)
        if after is not None:
            seconds = self._schedule.bounded(after)
            lane.held_until = now + timedelta(seconds=seconds)
            self._save(lambda c: breaker.save_hold(c, lane.id, seconds))

    def _failed(self, lane: Lane, outcome: Outcome, first: UUID, now: datetime) -> None:
        state = lane.breaker
        state.failures += 1
        fault = isinstance(outcome, EndpointFault)
        if not (fault or state.is_open or state.failures >= self._failures):
            return
        probed = state.is_open
        lane.probing = False
        if probed:
            state.last_probe = first
        else:
            state.opened_at = now
            lane.drop_waiting()
        state.probe_at = self._probing.next_probe(state, now)
        cause = getattr(outcome, "cause", "failed")
        copy = breaker.Breaker(state.opened_at, state.probe_at, state.last_probe)
        self._save(lambda c: breaker.save_open(c, lane.id, lane.recipient, copy, cause, task=lane.endpoint if fault else None))
        if not probed:
            log.warning("delivery.breaker-open", recipient=lane.recipient, lane=lane.id, cause=cause)

    def _answered(self, lane: Lane, now: datetime) -> None:
        state = lane.breaker
        state.failures = 0
        if state.is_open:
            was_open = state.open_for(now)
            lane.breaker = breaker.Breaker()
            lane.closing = True
            self._save(lambda c: self._close(c, lane, was_open))
            log.info("delivery.breaker-closed", recipient=lane.recipient, lane=lane.id, seconds=was_open.total_seconds())

    async def _close(self, connection: Connection, lane: Lane, was_open: timedelta) -> None:
        """What waited in back-off is in its turn again before anything more is claimed: in order."""
        await breaker.save_closed(connection, lane.id, lane.endpoint, was_open)
        lane.closing = False
        lane.drop_waiting()

    def _save(self, save: Callable[[Connection], Coroutine[Any, Any, None]]) -> None:
        self._saves.append(save)
        self._news.set()

    async def run(self) -> None:
        """Settle until stopped and empty."""
        while not (self._stopping and not self._waiting and not self._saves):
            await self._news.wait()
            self._news.clear()
            while self._waiting or self._saves:
                if len(self._waiting) < _MOST and not self._stopping:
                    await asyncio.sleep(_GATHER)
                batch = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
                saves = list(self._saves)
                self._saves.clear()
                await self._until_done([s for _, s in batch], saves)
                for lane, settlement in batch:
                    lane.settled(settlement.claimed)
                self._on_settled()

    async def stop(self, task: "asyncio.Task[None]", at_most: float) -> None:
        """Settle what is left, for `at_most` seconds: what is not settled then returns with the lease."""
        self._stopping = True
        self._news.set()
        await asyncio.wait([task], timeout=at_most)
        await end_tasks([task])

    async def _until_done(self, settlements: Sequence[Settlement], saves: list[Callable[[Connection], Coroutine[Any, Any, None]]]) -> None:
        while True:
            try:
                async with self._pool.connection() as connection:
                    # The lane first: what is queued again is not to be seen, or resumed, before its breaker or pause is.
                    while saves:
                        await saves[0](connection)
                        saves.pop(0)
                    if settlements:
                        await settle(connection, self._worker, settlements)
                break
            except psycopg.Error as error:
                log.warning("delivery.settle-again", count=len(settlements), exc_info=error)
                await asyncio.sleep(_AGAIN)
        count_and_log(settlements)
