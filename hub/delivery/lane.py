"""A lane in its owner's memory: what waits, what is claimed, what is on the wire."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from connectors.contract import Parcel
from hub.delivery.breaker import Breaker
from hub.delivery.leases import OwnedLane
from hub.delivery.parts import Claimed, Route

_MOST = 512  # claimed at a time, however quick a recipient is
_CLEARED_IN = 0.02


class Lane:
    """One owned lane. `waiting` holds ids only; `ready` holds claimed deliveries, seconds old at most."""

    __slots__ = (
        "another_rate", "backlog", "batch", "breaker", "closing", "epoch", "gone", "held_until", "id", "in_flight", "known",
        "next_at", "pace", "paused", "probing", "ready", "recipient", "route", "runners", "subjects", "took", "unsettled",
        "urgent", "waiting",
    )  # fmt: skip

    def __init__(self, row: OwnedLane, route: Route, batch: int) -> None:
        self.id = row.id
        self.recipient = row.recipient
        self.urgent = row.urgent
        self.epoch = row.epoch
        self.route = route
        self.batch = batch
        self.breaker = Breaker(row.opened_at, row.probe_at, row.last_probe)
        self.waiting: deque[UUID] = deque()
        self.known: set[UUID] = set()  # waiting, ready or on the wire
        self.ready: deque[tuple[Claimed, Parcel]] = deque()
        self.subjects: set[UUID] = set()  # whom the claimed and not yet settled is about, one each
        self.unsettled = 0
        self.in_flight = 0
        self.runners = 0
        self.closing = False  # the breaker closed, and the back-offs of what waits are not moved on yet
        self.probing = False  # what was picked last is the probe of an open breaker
        self.backlog = True  # the ledger holds more than `waiting`: look there, in order
        self.took = _CLEARED_IN  # seconds a call takes, smoothed
        self.pace, self.gone = 0, 0  # deliveries that went out in the last second, and in this one
        self.another_rate = asyncio.Event()  # set, and anew, when turns are given out at another rate
        self.next_at = 0.0  # monotonic: when the rate lets the next one go
        self.read(row)

    def read(self, row: OwnedLane) -> None:
        """Take over what others write into the row while we own it."""
        self.paused = row.paused
        self.held_until = row.held_until

    @property
    def endpoint(self) -> str:
        """What a fault of the endpoint is said of: the urgent way's is another than that of the rest."""
        return f"{self.recipient} urgent" if self.urgent else self.recipient

    @property
    def limit(self) -> int:
        """How many may be claimed and not settled, and how many ids may wait: what goes out within about a second."""
        limit = max(self.route.concurrency * self.batch * 2, min(self.pace, _MOST))
        return limit if self.route.per_second is None else max(1, min(limit, int(self.route.per_second * 2)))

    def look_back(self) -> None:
        """Once a second: what went out in the last one tells how much the next one can take."""
        self.pace, self.gone = self.gone, 0

    def runners_wanted(self) -> int:
        """How many requests at a time clear what is ready within hundredths of a second: no more than needed, since each
        costs; all that are allowed where the recipient is slow."""
        calls = -(-len(self.ready) // self.batch)
        return min(self.route.concurrency, calls, max(1, round(calls * self.took / _CLEARED_IN)))

    def answered(self, took: float, count: int) -> None:
        """A call of `took` seconds came back with `count` outcomes."""
        self.took += (took - self.took) / 8
        self.gone += count

    @property
    def busy(self) -> int:
        return len(self.ready) + self.in_flight + self.unsettled

    @property
    def is_stopped(self) -> bool:
        """Whether what is claimed must go back: paused, asked to wait, or the breaker opened (its own probe goes out)."""
        return self.is_held(datetime.now(UTC)) or (self.breaker.opened_at is not None and not self.probing)

    def is_held(self, now: datetime) -> bool:
        return self.paused or (self.held_until is not None and self.held_until > now)

    def room(self, now: datetime) -> int:
        """How many deliveries may be claimed for this lane now."""
        if self.closing or self.is_held(now):
            return 0
        if self.breaker.is_open:
            return 1 if self.busy == 0 and self.breaker.may_probe(now) else 0
        return max(0, self.limit - self.busy)

    def wake(self, ids: Iterable[UUID], *, urgent: bool) -> None:
        """Ids that became due. What does not fit stays in the ledger, from where it comes back in order; what is
        urgent overtakes by that same order."""
        if urgent:
            self.drop_waiting()
        if self.backlog or self.breaker.is_open:
            self.backlog = True
            return
        for id_ in ids:
            if id_ in self.known:
                continue
            if len(self.waiting) >= self.limit:
                self.backlog = True
                return
            self.known.add(id_)
            self.waiting.append(id_)

    def drop_waiting(self) -> None:
        """Forget the ids in memory: the ledger has them, in order."""
        self.known.difference_update(self.waiting)
        self.waiting.clear()
        self.backlog = True

    def refill(self, ids: list[UUID], room: int) -> None:
        """What the ledger has due, in order; fewer than asked for means that there is no backlog any more."""
        self.backlog = len(ids) >= room
        for id_ in ids:
            if id_ not in self.known:
                self.known.add(id_)
                self.waiting.append(id_)

    def pick(self, now: datetime) -> list[UUID]:
        """The ids to claim next. A probe is never the same delivery twice running, unless there is no other."""
        room = self.room(now)
        if room and self.breaker.is_open and len(self.waiting) > 1 and self.waiting[0] == self.breaker.last_probe:
            self.waiting.rotate(-1)
        self.probing = self.breaker.is_open
        return [self.waiting.popleft() for _ in range(min(room, len(self.waiting)))]

    def lose(self) -> None:
        """The lane is another's now: nothing that was claimed for it may go out, nor what a claim under way still brings."""
        self.ready.clear()
        self.paused = True

    def settled(self, claimed: Claimed) -> None:
        """The ledger has what became of it."""
        self.unsettled -= 1
        self.known.discard(claimed.delivery)
        self.subjects.discard(claimed.subject)

    def lead(self, route: Route, batch: int) -> None:
        """How the recipient is reached now. Turns that were reserved at another rate are not waited for."""
        if route.per_second != self.route.per_second:
            self.next_at = 0.0
            self.another_rate.set()
            self.another_rate = asyncio.Event()
        self.route, self.batch = route, batch

    def wait_for_rate(self, count: int) -> float:
        """Seconds to wait before `count` deliveries may go; reserves their turn."""
        if self.route.per_second is None:
            return 0.0
        now = time.monotonic()
        start = max(self.next_at, now)
        self.next_at = start + count / self.route.per_second
        return start - now
