"""News that cannot wait goes by a way of its own, and a recipient still never reads the older after the newer."""

import asyncio
from uuid import UUID

from schemas.delivery import Notice, State
from schemas.ids import message_id
from tests.delivery.conftest import Workers
from tests.delivery.planted import Ledger
from tests.delivery.receiver import Answer, Arrival, Receiver, always
from tests.waiting import lasting, until

COUNCIL = "a.tax"
URGENT = 100


class Gate:
    """Answers when it is opened; notes what was read, over all doors in order, and what was answered."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.events: list[str] = []

    async def held(self, arrival: Arrival) -> Answer:
        self.events.append(f"reads {arrival.version}")
        await self.open.wait()
        self.events.append(f"has {arrival.version}")
        return 200, {}, b""

    async def at_once(self, arrival: Arrival) -> Answer:
        self.events.append(f"reads {arrival.version}")
        return 200, {}, b""


async def _told(ledger: Ledger, lane: int) -> tuple[UUID, UUID]:
    case_id = await ledger.case()
    return case_id, await ledger.delivery(case_id, 1, await ledger.version(case_id, 1), lane, COUNCIL)


async def _urgent_lane_of(ledger: Ledger, worker: str) -> int:
    """An urgent lane that another worker than the ordinary one's takes."""
    lane = await ledger.lane(COUNCIL, split=URGENT)
    await ledger.run("UPDATE lane SET proposed = %s WHERE id = %s", worker, lane)
    return lane


async def test_the_end_waits_for_what_is_on_the_wire_in_another_workers_lane_and_for_nothing_else(ledger: Ledger, workers: Workers) -> None:
    gate = Gate()
    async with Receiver(behaviour=gate.held) as ordinary, Receiver(behaviour=gate.at_once) as quick:
        workers.route(COUNCIL, ordinary.url, timeout=20.0)
        workers.route(COUNCIL, quick.url, urgent=True)
        lane = await ledger.lane(COUNCIL)
        case_id, _ = await _told(ledger, lane)
        async with workers.running("1", send_timeout=20.0):
            await until(lambda: ordinary.arrivals)
            async with workers.running("2"):
                urgent = await _urgent_lane_of(ledger, "deliver-2")
                last = await ledger.delivery(case_id, 2, await ledger.version(case_id, 2), urgent, COUNCIL, Notice.RETRACTED)
                await _told(ledger, urgent)
                await until(lambda: quick.arrivals)
                await lasting(1.5)
                assert message_id(last, 1) not in quick.messages
                assert gate.events == ["reads 1", "reads 1"]
                gate.open.set()
                await until(lambda: ledger.all_are([last], State.ACCEPTED))
    assert gate.events[-2:] == ["has 1", "reads 2"]


async def test_what_stands_again_waits_while_its_cancellation_is_on_the_wire(ledger: Ledger, workers: Workers) -> None:
    gate = Gate()
    async with Receiver(behaviour=gate.at_once) as ordinary, Receiver(behaviour=gate.held) as quick:
        workers.route(COUNCIL, ordinary.url)
        workers.route(COUNCIL, quick.url, timeout=20.0, urgent=True)
        lane, urgent = await ledger.lane(COUNCIL), await ledger.lane(COUNCIL, split=URGENT)
        case_id, first = await _told(ledger, lane)
        async with workers.running(send_timeout=20.0):
            await until(lambda: ledger.all_are([first], State.ACCEPTED))
            await ledger.delivery(case_id, 2, await ledger.version(case_id, 2), urgent, COUNCIL, Notice.CANCELLED)
            await until(lambda: quick.arrivals)
            again = await ledger.delivery(case_id, 3, await ledger.version(case_id, 3), lane, COUNCIL, Notice.CORRECTED)
            await lasting(1.5)
            assert await ledger.states([again]) == [State.QUEUED]
            gate.open.set()
            await until(lambda: ledger.all_are([again], State.ACCEPTED))
    assert gate.events == ["reads 1", "reads 2", "has 2", "reads 3"]


async def test_not_dead_goes_ahead_of_two_thousand_by_either_way(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as ordinary, Receiver() as quick:
        workers.route(COUNCIL, ordinary.url, concurrency=1, per_second=40)
        workers.route("b.tax", ordinary.url, concurrency=1, per_second=40)
        workers.route(COUNCIL, quick.url, urgent=True)
        lane, urgent, other = await ledger.lane(COUNCIL), await ledger.lane(COUNCIL, split=URGENT), await ledger.lane("b.tax")
        case_id, first = await _told(ledger, lane)
        plain = await ledger.case()
        told = await ledger.delivery(plain, 1, await ledger.version(plain, 1), other, "b.tax")
        async with workers.running() as engine:
            await until(lambda: ledger.all_are([first, told], State.ACCEPTED))
            for of, name in ((lane, COUNCIL), (other, "b.tax")):
                await ledger.backlog(2000, of, name)
            last = await ledger.delivery(case_id, 2, await ledger.version(case_id, 2), urgent, COUNCIL, Notice.RETRACTED)
            same = await ledger.delivery(plain, 2, await ledger.version(plain, 2), other, "b.tax", Notice.RETRACTED)
            engine.wake(urgent, [last], urgent=True)
            engine.wake(other, [same], urgent=True)
            await until(lambda: ledger.all_are([last, same], State.ACCEPTED))
            assert await ledger.one("SELECT count(*) FROM delivery WHERE state = 1") > 3700
    assert quick.messages == [message_id(last, 1)]
    assert message_id(same, 1) in ordinary.messages


async def test_a_fault_of_the_one_endpoint_is_not_settled_by_the_other(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as ordinary, Receiver(behaviour=always(401)) as quick:
        workers.route(COUNCIL, ordinary.url)
        workers.route(COUNCIL, quick.url, urgent=True)
        lane, urgent = await ledger.lane(COUNCIL), await ledger.lane(COUNCIL, split=URGENT)
        _, last = await _told(ledger, urgent)
        async with workers.running(breaker_probe=30.0):
            await until(lambda: ledger.all("SELECT FROM task WHERE cause = 'endpoint-fault'"))
            ordinary.behaviour = always(401)
            _, first = await _told(ledger, lane)
            await until(lambda: ledger.all("SELECT FROM task OFFSET 1"))
            ordinary.behaviour = always(200)
            await ledger.run("UPDATE lane SET probe_at = now() WHERE id = %s", lane)
        async with workers.running(breaker_probe=30.0):
            await until(lambda: ledger.all_are([first], State.ACCEPTED))
            about = await ledger.all("SELECT about FROM task WHERE closed_at IS NULL")
    assert about == [(f"{COUNCIL} urgent",)]
    assert await ledger.states([last]) == [State.QUEUED]
