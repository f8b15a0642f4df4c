"""Sends what was claimed, each lane at its own pace, and hands every outcome to the settler."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import Connector, Outcome, Parcel, Refused, Retry
from hub.delivery.lane import Lane
from hub.delivery.parts import Claimed, Settlement, Verdict
from hub.delivery.schedule import Schedule, erased, given_back, judge, never_told, unreadable
from hub.delivery.settler import Settler
from hub.observe import log
from hub.privacy import DataKey, Keys, SealBroken
from schemas.ids import message_id

_SUBJECT = re.compile(rb'"subject":"([^"\\]{1,64})"')
_GRACE = 5.0  # seconds beyond its own time-out after which a connector is taken to hang


class Runner:
    """All runners of one worker. A runner is a coroutine that empties its lane and ends."""

    def __init__(
        self,
        keys: Keys,
        connectors: Mapping[str, Connector],
        schedule: Schedule,
        timeout: float,
        settler: Settler,
        holds_lease: Callable[[], bool],
        must_be_erased: Callable[[Collection[int]], Awaitable[None]],
    ) -> None:
        self._keys = keys
        self._connectors = connectors
        self._schedule = schedule
        self._timeout = timeout
        self._settler = settler
        self._holds_lease = holds_lease
        self._must_be_erased = must_be_erased
        self._tasks: set[asyncio.Task[None]] = set()
        self._since: dict[asyncio.Task[Any], float] = {}  # when each call of a connector began
        self._hung: set[asyncio.Task[Any]] = set()

    async def start(self, lanes: Mapping[int, Lane], claimed: Sequence[Claimed], moot: Iterable[Claimed]) -> None:
        """Put claimed deliveries into their lanes, and see that enough runners are at work there.

        `moot`: cancellations and withdrawals for somebody who was never told.
        """
        now = datetime.now(UTC)
        for one in moot:
            self._settle(lanes[one.lane], one, None, never_told(one, now))
        wanted = {one.data_key for one in claimed}
        try:
            keys = await self._keys.get(wanted)
            absent = await self._absent(wanted - keys.keys())
        except Exception as error:
            # Nothing was written to anybody: the claims go back, whatever kept us from the keys.
            log.error("delivery.keys-away", count=len(claimed), exc_info=error)
            for one in claimed:
                self._settle(lanes[one.lane], one, None, given_back(one, now + timedelta(seconds=1)))
            return
        for one in claimed:
            lane = lanes[one.lane]
            key = keys.get(one.data_key)
            if key is None:
                self._settle(lane, one, None, absent(one, now))
                continue
            try:
                lane.ready.append((one, _parcel(one, key)))
            except SealBroken as error:
                log.error("delivery.seal-broken", delivery=one.delivery, recipient=lane.recipient, exc_info=error)
                self._settle(lane, one, None, unreadable(one, now))
        for lane in lanes.values():
            if lane.is_stopped:
                self.give_back(lane)
            for _ in range(lane.runners_wanted() - lane.runners):
                lane.runners += 1
                task = asyncio.create_task(self._run(lane))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def give_back(self, lane: Lane) -> None:
        """Return what is claimed and unsent, with proof that it was not sent: nobody has begun to."""
        now = datetime.now(UTC)
        while lane.ready:
            claimed, _ = lane.ready.popleft()
            self._settle(lane, claimed, None, given_back(claimed, now))

    def end_hung(self) -> None:
        """End calls of connectors that keep to no time-out, their own or ours. Looked at once a second: a timer for each
        call would cost more than the call's share of the engine."""
        late = time.monotonic() - self._timeout - _GRACE
        for task in [task for task, since in self._since.items() if since < late and task not in self._hung]:
            self._hung.add(task)
            task.cancel()

    async def idle(self, at_most: float) -> None:
        """Wait until nothing is on the wire, `at_most` seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=at_most)

    async def _run(self, lane: Lane) -> None:
        try:
            while lane.ready and not lane.is_stopped:
                if not self._holds_lease():
                    # Whoever has the lane now sends these again, under the same ids.
                    lane.ready.clear()
                    return
                wait = lane.wait_for_rate(min(lane.batch, len(lane.ready)))
                if wait:
                    await _turn(lane, wait)
                    if not lane.ready or lane.is_stopped or not self._holds_lease():
                        continue
                items = [lane.ready.popleft() for _ in range(min(lane.batch, len(lane.ready)))]
                lane.in_flight += len(items)
                await self._send(lane, items)
        finally:
            lane.runners -= 1
            if lane.is_stopped:
                self.give_back(lane)

    async def _send(self, lane: Lane, items: Sequence[tuple[Claimed, Parcel]]) -> None:
        started = time.monotonic()
        outcomes = await self._outcomes(lane, [parcel for _, parcel in items])
        refused = len(items) > 1 and all(isinstance(outcome, Refused) for outcome in outcomes)
        if refused and self._holds_lease():
            # One bad item may have cost the whole batch: halve it until the refusal names its own.
            half = len(items) // 2
            await self._send(lane, items[:half])
            await self._send(lane, items[half:])
            return
        lane.in_flight -= len(items)
        now, took = datetime.now(UTC), time.monotonic() - started
        lane.answered(took, len(items))
        open_for = lane.breaker.open_for(now)
        self._settler.outcomes(lane, outcomes, items[0][0].delivery)
        for (claimed, _), outcome in zip(items, outcomes, strict=True):
            self._settle(lane, claimed, outcome, judge(claimed, outcome, now, self._schedule, open_for), now, int(took * 1000))

    async def _outcomes(self, lane: Lane, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
        connector = self._connectors[lane.route.connector]
        task = asyncio.current_task()
        assert task is not None
        self._since[task] = time.monotonic()
        try:
            return await connector.send(lane.route.endpoint, parcels)
        except asyncio.CancelledError:
            if task not in self._hung:
                raise
            task.uncancel()
            return [Retry("connector-hung")] * len(parcels)
        except Exception as error:
            log.error("delivery.connector-defect", connector=connector.kind, recipient=lane.recipient, exc_info=error)
            return [Retry("connector-defect")] * len(parcels)
        finally:
            del self._since[task]
            self._hung.discard(task)

    async def _absent(self, missing: Collection[int]) -> Callable[[Claimed, datetime], Verdict]:
        """What becomes of deliveries whose keys the key store does not have."""
        try:
            if missing:
                await self._must_be_erased(missing)
        except SealBroken as error:
            log.error("delivery.keys-lost", count=len(missing), exc_info=error)
            return unreadable
        return erased

    def _settle(
        self, lane: Lane, claimed: Claimed, outcome: Outcome | None, verdict: Verdict, at: datetime | None = None, took: int = 0
    ) -> None:
        settlement = Settlement(claimed, lane.recipient, lane.route.connector, outcome, verdict, at or datetime.now(UTC), took)
        self._settler.add(lane, settlement)


async def _turn(lane: Lane, wait: float) -> None:
    """Wait for a reserved turn, or until the rate it was reserved at is another."""
    with suppress(TimeoutError):
        await asyncio.wait_for(lane.another_rate.wait(), wait)


def _parcel(claimed: Claimed, key: DataKey) -> Parcel:
    message = message_id(claimed.delivery, claimed.message)
    body = key.open(claimed.sealed, message.encode())
    subject = _SUBJECT.search(body)
    return Parcel(claimed.delivery, message, subject.group(1).decode() if subject else "", body)
