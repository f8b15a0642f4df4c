"""Plans a batch of cases: one transaction, a handful of round trips, and the ids of what is then due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from hub.cases import Refusal, record
from hub.observe import log, metrics
from hub.planning.case import DueCase
from hub.planning.events import Events
from hub.planning.field_sets import FieldSets
from hub.planning.followers import Followers, Following
from hub.planning.grief import look_for_deaths
from hub.planning.history import read_past
from hub.planning.judging import judge
from hub.planning.offers import Lane, OfferBook, read_lanes
from hub.planning.reading import read_due, read_versions
from hub.planning.rows import Rows
from hub.planning.whereabouts import whereabouts
from hub.planning.work import Work
from hub.planning.writing import write
from hub.privacy import Blind, Keys
from hub.recipients import Register
from hub.store import Connection, Pool
from hub.tasks import close_tasks, open_tasks
from schemas.days import day_of

# What a plan made before left queued: a record that comes again is a reason to say so again.
_STILL_QUEUED = """
SELECT d.lane, lane.connector, d.id, d.priority
FROM cases c JOIN plan p ON p.case_id = c.id AND p.version = c.effective
CROSS JOIN LATERAL jsonb_array_elements(p.decisions) AS decision
JOIN delivery d ON d.id = (decision ->> 'delivery')::uuid JOIN lane ON lane.id = d.lane
WHERE c.id = ANY(%b::uuid[]) AND NOT c.plan_due AND d.state = 1
"""


@dataclass(slots=True)
class Planned:
    """What a batch came to: how many cases were planned, and the deliveries to be spoken of, urgent ones first. What is in
    `following` has to be recorded first: those cases wait."""

    cases: int = 0
    wakes: list[tuple[Lane, UUID, int]] = field(default_factory=list)
    following: list[Following] = field(default_factory=list)

    def add(self, other: "Planned") -> None:
        """Another batch of the same cases."""
        self.cases += other.cases
        self.wakes = _urgent_first([*self.wakes, *other.wakes])


class Planner:
    """One process's planner. `public_url` is the `source` of what it tells."""

    def __init__(self, keys: Keys, blind: Blind, public_url: str) -> None:
        self._keys = keys
        self._blind = blind
        self._public_url = public_url
        self._followers = Followers(keys, blind, public_url)
        self._field_sets = FieldSets()
        self._work = Work()
        self._book: OfferBook | None = None

    async def plan(self, pool: Pool, register: Register, ids: Sequence[UUID]) -> Planned:
        """Plan the effective version of those of `ids` that wait for it, and record before what follows from them."""
        async with pool.connection() as connection:
            planned = await self.plan_cases(connection, register, ids)
        following = planned.following
        while following:
            followed = await self._record(pool, register, following)
            async with pool.connection() as connection:
                more = await self.plan_cases(connection, register, [one.case for one in followed], followed)
            planned.add(more)
            following = more.following  # a newer version came meanwhile
        return planned

    async def _record(self, pool: Pool, register: Register, following: Sequence[Following]) -> list[Following]:
        """Record what follows; each with what of it was refused."""
        told = [(saying.place.mark, saying.arrival) for one in following for saying in one.sayings if saying.arrival is not None]
        answers = await record(pool, self._keys, self._blind, [arrival for _, arrival in told], register.kinds)
        refused = {mark: answer for (mark, _), answer in zip(told, answers, strict=True) if isinstance(answer, Refusal)}
        for answer in refused.values():
            log.warning("planning.not-followed", cause=answer.cause.name)
        return [replace(one, refused=frozenset(refused)) for one in following]

    async def plan_cases(
        self, connection: Connection, register: Register, ids: Sequence[UUID], followed: Sequence[Following] = ()
    ) -> Planned:
        """Plan those of `ids` that wait for it and from which nothing follows, or nothing but what is `followed`; durable when it
        returns. May be repeated.

        The caller speaks of `wakes` to the lanes' topics afterwards. Raises `OutdatedRegister` and what the
        databases raise, and then nothing was done.
        """
        wanted = list(dict.fromkeys(ids))
        now = datetime.now(UTC)
        planned = Planned()
        async with connection.pipeline(), connection.transaction():
            cases, with_past, erased = await read_due(connection, self._keys, register, wanted)
            if len(cases) + len(erased) < len(wanted):
                planned.wakes += await _still_queued(connection, wanted)
            if cases or erased:
                book = await self._offers(connection, register)
                await self._read_past(connection, [case for case in cases if case.id in with_past])
                planned.following = await self._follow(connection, register, cases, with_past, followed)
                waits = {one.case for one in planned.following}
                cases = [case for case in cases if case.id not in waits]
                await look_for_deaths(connection, self._blind, register, cases)
                planned.wakes += await self._write(connection, book, cases, erased, now)
        self._field_sets.keep()
        planned.cases = len(cases)
        for case in cases:
            metrics.planning_lag.observe(max(0.0, (now - case.recorded_at).total_seconds()))
        planned.wakes = _urgent_first(planned.wakes)
        return planned

    async def _follow(
        self, connection: Connection, register: Register, cases: Sequence[DueCase], with_past: set[UUID], followed: Sequence[Following]
    ) -> list[Following]:
        """What is still to be recorded; what was since the last look is noted."""
        done = {(one.case, one.version): one for one in followed}
        by_id = {case.id: case for case in cases}
        following = []
        for one in await self._followers.due(connection, register.kinds, cases, with_past):
            was = done.get((one.case, one.version))
            if was is None:
                following.append(one)
                continue
            await self._followers.note(connection, was)
            by_id[one.case].unfollowed += tuple(saying.place.kind for saying in was.sayings if saying.place.mark in was.refused)
        return following

    async def _offers(self, connection: Connection, register: Register) -> OfferBook:
        if self._book is None or self._book.register.version != register.version:
            self._book = OfferBook(register, await read_lanes(connection))
        return self._book

    async def _read_past(self, connection: Connection, cases: Sequence[DueCase]) -> None:
        if cases:
            by_id: Mapping[UUID, DueCase] = {case.id: case for case in cases}
            await read_versions(connection, self._keys, by_id)
            await read_past(connection, self._keys, self._field_sets, by_id)

    async def _write(
        self, connection: Connection, book: OfferBook, cases: Sequence[DueCase], erased: Sequence[UUID], now: datetime
    ) -> list[tuple[Lane, UUID, int]]:
        controller = book.register.controller
        rows = Rows(Events(self._blind, self._public_url, controller.contact if controller else None), now)
        opened, closed = [], []
        for case in cases:
            where = whereabouts(case.kind, case.content, day_of(now))
            verdicts = judge(case, where, book, now)
            rows.add(case, verdicts, where.notes)
            drafts = self._work.opened_by(case, verdicts)
            opened += drafts
            closed += self._work.closed_by(case, verdicts, drafts)
        await write(connection, rows, book.register.version, self._field_sets, [*(case.id for case in cases), *erased])
        if closed:
            await close_tasks(connection, closed, "plan")
        if opened:
            await open_tasks(connection, opened)
        return rows.wakes


def _urgent_first(wakes: list[tuple[Lane, UUID, int]]) -> list[tuple[Lane, UUID, int]]:
    return sorted(wakes, key=lambda wake: -wake[2])


async def _still_queued(connection: Connection, ids: Sequence[UUID]) -> list[tuple[Lane, UUID, int]]:
    rows = await (await connection.execute(_STILL_QUEUED, (list(ids),), binary=True)).fetchall()
    return [(Lane(lane, connector), id_, priority) for lane, connector, id_, priority in rows]
