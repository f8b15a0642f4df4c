"""The engine under every connector: owned lanes are filled from wake-ups and from the ledger, claimed, sent and settled.

It needs PostgreSQL alone. Kafka's wake-ups make it quicker; without them it polls what is due.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

from connectors.contract import Connector
from hub.delivery import claim, leases
from hub.delivery.breaker import Probing
from hub.delivery.lane import Lane
from hub.delivery.parts import Route
from hub.delivery.runner import Runner
from hub.delivery.schedule import Schedule
from hub.delivery.settler import Settler
from hub.observe import log
from hub.privacy import Keys, must_be_erased
from hub.roles import end_tasks
from hub.settings import Settings
from hub.store import LEDGER_AWAY, Connection, Pool

_MOST = 512  # ids of one claim
_POLL = 1.0  # seconds between looks into the ledger
# A claim costs nearly the same for one delivery and for a hundred: wake-ups of one plan come within milliseconds of each
# other and are claimed together, and the more a claim brought, the longer the next one waits for more. Seconds.
_TOGETHER = 0.002
_SPACED_FOR_EACH = 0.0002
_SPACED_AT_MOST = 0.016
_LAST_ANSWERS = 10.0  # seconds in which a worker that stops waits for what is on the wire; the rest returns with its lease

RouteOf = Callable[[str, bool], Route | None]


class Engine:
    """One worker. `route_of` says how a recipient is reached now, with news that cannot wait or with the rest; `connectors` by kind."""

    def __init__(self, pool: Pool, keys: Keys, settings: Settings, connectors: Mapping[str, Connector], route_of: RouteOf) -> None:
        self.me = f"deliver-{settings.worker}"
        self._pool = pool
        self._settings = settings
        self._connectors = connectors
        self._route_of = route_of
        self._lanes: dict[int, Lane] = {}
        self._work = asyncio.Event()
        self._look = asyncio.Event()
        self._lease_end = 0.0
        self._renewed_until: datetime | None = None  # by the ledger's clock; None where it is not known
        self._astray: list[UUID] = []  # claims whose answer was lost
        schedule = Schedule(settings.retry_first, settings.retry_longest, settings.retry_for)
        probing = Probing(settings.breaker_probe, settings.breaker_probe_slow, settings.breaker_slow_after)
        self._settler = Settler(pool, self.me, schedule, probing, settings.breaker_failures, self._work.set)
        self._runner = Runner(keys, connectors, schedule, settings.send_timeout, self._settler, self.holds_lease, self._must_be_erased)

    def holds_lease(self) -> bool:
        """Whether this worker may write to anybody: a frozen one wakes up and must not."""
        return time.monotonic() < self._lease_end

    def wake(self, lane: int, ids: Iterable[UUID], *, urgent: bool) -> bool:
        """Deliveries of `lane` became due. False where the lane is not ours."""
        owned = self._lanes.get(lane)
        if owned is None:
            return False
        owned.wake(ids, urgent=urgent)
        self._work.set()
        return True

    async def propose(self, lanes: Sequence[int]) -> None:
        """Ask for lanes whose wake-ups came here. Nothing is lost where it fails: their owner polls."""
        with suppress(*LEDGER_AWAY):
            async with self._pool.connection() as connection:
                await leases.propose(connection, self.me, lanes)
        self._look.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop`; then give back what is unsent, wait for what is on the wire, and release the lanes."""
        settler = asyncio.create_task(self._settler.run())
        loops = [asyncio.create_task(loop) for loop in (self._own(), self._claim(), self._poll())]
        stopped = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([settler, *loops, stopped], return_when=asyncio.FIRST_COMPLETED)
        await end_tasks(loops)
        for lane in self._lanes.values():
            self._runner.give_back(lane)
        await self._runner.idle(_LAST_ANSWERS)
        await self._settler.stop(settler, self._settings.lease)
        await self._release()
        for task in done - {stopped}:
            task.result()

    # Ownership

    async def _own(self) -> None:
        fresh = True
        while True:
            try:
                await self._renew(fresh)
                fresh = False
            except LEDGER_AWAY as error:
                log.warning("delivery.ledger-away", exc_info=error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), self._settings.lease_renewal)
            self._look.clear()

    async def _renew(self, fresh: bool) -> None:
        async with self._pool.connection() as connection:
            asked = time.monotonic()
            await self._hold(connection)
            # Between one lease and the next runners dropped what they had claimed: it returns as from a worker that died,
            # and nothing is sent until it has.
            anew = fresh or not self.holds_lease()
            if not anew:
                self._lease_end = asked + self._settings.lease
            await leases.take_lanes(connection, self.me, list(self._connectors), self._settings.lease, fresh=anew)
            rows = await leases.owned_lanes(connection, self.me)
            handed = [row.id for row in rows if row.proposed not in (None, self.me) and self._is_idle(row.id)]
            for id_ in handed:  # before anything is claimed for it meanwhile
                self._lanes.pop(id_, None)
            await leases.release_lanes(connection, self.me, handed)
        self._adopt([row for row in rows if row.id not in handed])
        self._lease_end = asked + self._settings.lease

    async def _hold(self, connection: Connection) -> None:
        mine, self._renewed_until = self._renewed_until, None
        renewed = await leases.renew(connection, self.me, self._settings.lease)
        if mine is not None and renewed.before != mine:
            # Kafka and the ledger take the two for one: they put each other out for as long as both run.
            log.warning("delivery.runs-twice", cause="another process has this name: give each a TUO_WORKER of its own")
        self._renewed_until = renewed.until

    def _is_idle(self, lane: int) -> bool:
        owned = self._lanes.get(lane)
        return owned is None or not owned.known

    def _adopt(self, rows: Sequence[leases.OwnedLane]) -> None:
        owned = {row.id: row for row in rows}
        for id_ in [id_ for id_, lane in self._lanes.items() if id_ not in owned or lane.epoch != owned[id_].epoch]:
            # Another had it since: what we had claimed is no longer ours, and its late outcome will not be taken.
            self._lanes.pop(id_).lose()
        for row in rows:
            route = self._route_of(row.recipient, row.urgent)
            if route is None or route.connector not in self._connectors:
                continue
            batch = self._connectors[route.connector].batch_size(route.endpoint)
            lane = self._lanes.get(row.id)
            if lane is None:
                self._lanes[row.id] = Lane(row, route, batch)
            else:
                lane.read(row)
                lane.lead(route, batch)
        self._work.set()

    async def _release(self) -> None:
        with suppress(*LEDGER_AWAY):
            async with self._pool.connection(timeout=2) as connection:
                await leases.release_lanes(connection, self.me, list(self._lanes))
                await leases.end_lease(connection, self.me)

    # Filling and claiming

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(_POLL)
            self._runner.end_hung()
            for lane in self._lanes.values():
                lane.look_back()
                if lane.breaker.is_open or not lane.waiting:
                    lane.drop_waiting()
            self._work.set()

    async def _claim(self) -> None:
        while True:
            await self._work.wait()
            await asyncio.sleep(_TOGETHER)
            self._work.clear()
            if not self.holds_lease():
                continue
            try:
                if claimed := await self._claim_once():
                    self._work.set()
                    await asyncio.sleep(min(_SPACED_AT_MOST, claimed * _SPACED_FOR_EACH))
            except LEDGER_AWAY as error:
                log.warning("delivery.ledger-away", exc_info=error)
                await asyncio.sleep(0.2)
                self._work.set()

    async def _claim_once(self) -> int:
        """Fill, claim and hand out once; how many were claimed, 0 when there is nothing more to do for now."""
        if self._astray:
            await self._return_astray()
        now = datetime.now(UTC)
        await self._refill(now)
        picked: dict[int, list[UUID]] = {}
        count = 0
        for id_ in sorted(self._lanes, key=lambda i: len(self._lanes[i].ready)):
            ids = self._lanes[id_].pick(now) if count < _MOST else []
            if ids:
                picked[id_] = ids
                count += len(ids)
        if not picked:
            return 0
        lanes = {id_: self._lanes[id_] for id_ in picked}
        token = uuid4()
        try:
            async with self._pool.connection() as connection:
                claimed = await claim.claim(connection, self.me, token, lanes, [i for ids in picked.values() for i in ids])
                going, moot = await claim.without_moot(connection, claimed, {id_: lane.recipient for id_, lane in lanes.items()})
        except BaseException:
            # Whether it was committed or not: the ledger knows. While this worker lives, nobody else would return it.
            self._astray.append(token)
            for id_, lane in lanes.items():
                lane.known.difference_update(picked[id_])
                lane.backlog = True
            raise
        taken = {c.delivery for c in claimed}
        for id_, lane in lanes.items():
            lane.known.difference_update(i for i in picked[id_] if i not in taken)
        for one in claimed:
            lanes[one.lane].subjects.add(one.subject)
        await self._runner.start(lanes, going, moot)
        return len(claimed)

    async def _must_be_erased(self, data_keys: Collection[int]) -> None:
        async with self._pool.connection() as connection:
            await must_be_erased(connection, data_keys)

    async def _return_astray(self) -> None:
        async with self._pool.connection() as connection:
            await leases.return_astray(connection, list(self._lanes), self._astray)
        self._astray.clear()

    async def _refill(self, now: datetime) -> None:
        rooms = {
            id_: lane.limit for id_, lane in self._lanes.items() if lane.backlog and lane.room(now) and len(lane.waiting) <= lane.limit // 2
        }
        if not rooms:
            return
        recipients = {id_: self._lanes[id_].recipient for id_ in rooms}
        async with self._pool.connection() as connection:
            found, stale = await claim.due(connection, rooms)
            if stale:
                await claim.supersede(connection, stale, recipients)
        for id_, room in rooms.items():
            if id_ in self._lanes:
                self._lanes[id_].refill(found.get(id_, []), room)
