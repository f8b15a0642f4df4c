"""The role `plan`: reads `life-events`, plans what they speak of, and wakes the lanes."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from hub.broker import LIFE_EVENTS, Record, TopicWatch, Unprocessable, deliveries
from hub.observe import ledger_answers, log, metrics, serve, setup_logging
from hub.planning.planner import Planned, Planner
from hub.planning.reading import OutdatedRegister
from hub.planning.urgency import urgently_due
from hub.planning.waking import Waker
from hub.privacy import Blind, Keys
from hub.recipients import Register, RegisterWatch
from hub.roles import run_role
from hub.settings import Settings
from hub.store import Pool, open_pool
from hub.streams import Batches, Room, is_away, run_streams
from hub.tasks import Cause, TaskDraft, open_tasks

ROLE = "plan"
_CASE = "ce_caseid"


def main(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT."""
    setup_logging(settings, ROLE)
    run_role(partial(plan, settings))


async def plan(settings: Settings, stopping: asyncio.Event) -> None:
    """Plan until `stopping` is set."""
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url, size=2) as keystore:
        register = RegisterWatch(pool)
        await register.look()
        waker = Waker(settings)
        planning = _Planning(pool, _planner(settings, Keys(keystore, _bytes(settings.master_key.get_secret_value()))), register, waker)
        kinds = {way.connector for one in register.current.recipients.values() for way in one.entry.ways.values()}
        watch = TopicWatch(settings.kafka_bootstrap, [LIFE_EVENTS, *(deliveries(kind) for kind in sorted(kinds))])
        batches = Batches(LIFE_EVENTS, planning.handle, Room(pool, watch))
        metrics.start_at_zero(topics=[LIFE_EVENTS])
        await run_streams(settings, ROLE, [batches], watch, stopping, [register.run, partial(_show, settings, pool, watch)])
        await waker.close()


class _Planning:
    def __init__(self, pool: Pool, planner: Planner, register: RegisterWatch, waker: Waker) -> None:
        self._pool = pool
        self._planner = planner
        self._register = register
        self._waker = waker

    async def handle(self, records: Sequence[Record]) -> None:
        """Plan the cases of `records`. A case that cannot be planned alone is also a person's task."""
        cases = [_case_of(record) for record in records]
        await self._plan_urgent()
        try:
            planned = await self._plan(cases)
        except Exception as error:
            if not is_away(error) and len(set(cases)) == 1:
                await self._open_task(cases[0])
            raise
        await self._waker.wake(planned.wakes)

    async def _plan_urgent(self) -> None:
        """Ends of facts go ahead of whatever lies before them on the topic."""
        async with self._pool.connection() as connection:
            cases = await urgently_due(connection)
        if not cases:
            return
        try:
            planned = await self._plan(cases)
        except Exception as error:
            if is_away(error):
                raise
            log.warning("planning.urgent-in-turn", count=len(cases), exc_info=error)
            return
        await self._waker.wake(planned.wakes)

    async def _plan(self, cases: Sequence[UUID]) -> Planned:
        while True:
            try:
                return await self._planner.plan(self._pool, await self._current(), cases)
            except OutdatedRegister:
                await self._register.look()

    async def _current(self) -> Register:
        """The register; without one nobody could be told, so one is waited for."""
        while self._register.current.version == 0:
            log.warning("planning.no-register")
            await asyncio.sleep(1.0)
            await self._register.look()
        return self._register.current

    async def _open_task(self, case: UUID) -> None:
        async with self._pool.connection() as connection:
            await open_tasks(connection, [TaskDraft(Cause.PLAN_FAILED, str(case), case)])


def _case_of(record: Record) -> UUID:
    for name, value in record.headers:
        if name == _CASE:
            try:
                return UUID((value or b"").decode())
            except ValueError:
                break
    raise Unprocessable("no-case", [_CASE])


def _planner(settings: Settings, keys: Keys) -> Planner:
    blind = Blind(_bytes(settings.blind_key.get_secret_value()), _bytes(settings.link_key.get_secret_value()))
    return Planner(keys, blind, settings.public_url)


def _bytes(secret: str) -> bytes:
    return bytes.fromhex(secret)


async def _show(settings: Settings, pool: Pool, watch: TopicWatch) -> None:
    async def ready() -> Mapping[str, bool]:
        return {**await ledger_answers(pool), "kafka": watch.is_ready}

    await serve(settings, ROLE, ready)
    await asyncio.Event().wait()
