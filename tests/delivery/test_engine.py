"""The engine alone: what is planned arrives once, in order, and the ledger says what became of it."""

from uuid import uuid4

from schemas.delivery import Notice, State
from schemas.ids import message_id
from tests.delivery.conftest import Workers
from tests.delivery.planted import Ledger
from tests.delivery.receiver import Receiver, always
from tests.waiting import lasting, until


async def test_what_is_queued_arrives_once_and_is_accepted(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        ids = await ledger.deliveries(60, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
    assert sorted(council.messages) == sorted(message_id(id_, 1) for id_ in ids)
    assert await ledger.one("SELECT count(*) FROM attempt") == 60
    assert await ledger.all("SELECT state, sum(change)::int FROM tally_delta GROUP BY 1 HAVING sum(change) <> 0") == [(10, 60)]


async def test_a_wake_up_is_quicker_than_the_poll_and_needs_nothing_else(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        lane = await ledger.lane("a.tax")
        async with workers.running() as engine:
            await until(lambda: engine.wake(lane, [], urgent=False))
            [id_] = await ledger.deliveries(1, lane, "a.tax")
            assert engine.wake(lane, [id_], urgent=False)
            await until(lambda: council.arrivals, 0.7)


async def test_a_lane_of_another_worker_is_not_ours_to_wake(ledger: Ledger, workers: Workers) -> None:
    async with workers.running() as engine:
        assert not engine.wake(77, [uuid4()], urgent=False)


async def test_of_one_case_the_newest_version_alone_is_sent(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        lane = await ledger.lane("a.tax")
        case_id = await ledger.case()
        old = await ledger.delivery(case_id, 1, await ledger.version(case_id, 1), lane, "a.tax")
        new = await ledger.delivery(case_id, 2, await ledger.version(case_id, 2), lane, "a.tax", Notice.CORRECTED)
        async with workers.running():
            await until(lambda: ledger.all_are([new], State.ACCEPTED))
            await until(lambda: ledger.all_are([old], State.SUPERSEDED))
    assert council.messages == [message_id(new, 1)]


async def test_nothing_of_a_case_waiting_for_its_plan_is_sent(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        lane = await ledger.lane("a.tax")
        case_id = await ledger.case()
        await ledger.delivery(case_id, 1, await ledger.version(case_id, 1), lane, "a.tax")
        await ledger.run("UPDATE cases SET plan_due = true WHERE id = %s", case_id)
        [other] = await ledger.deliveries(1, lane, "a.tax")
        async with workers.running():
            await until(lambda: ledger.all_are([other], State.ACCEPTED))
    assert council.messages == [message_id(other, 1)]


async def test_two_cases_of_one_subject_never_travel_together(ledger: Ledger, workers: Workers) -> None:
    on_the_wire: list[int] = []
    async with Receiver() as council:

        async def slow(arrival: object) -> tuple[int, dict[str, str], bytes]:
            on_the_wire.append(1)
            assert len(on_the_wire) == 1
            await lasting(0.2)
            on_the_wire.pop()
            return 200, {}, b""

        council.behaviour = slow
        workers.route("a.tax", council.url)
        lane, subject = await ledger.lane("a.tax"), uuid4()
        ids = []
        for _ in range(3):
            case_id = await ledger.case(subject)
            ids.append(await ledger.delivery(case_id, 1, await ledger.version(case_id, 1), lane, "a.tax"))
        async with workers.running():
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
    assert len(council.messages) == 3


async def test_a_cancellation_for_somebody_never_told_falls_away(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        lane = await ledger.lane("a.tax")
        case_id = await ledger.case()
        first = await ledger.delivery(case_id, 1, await ledger.version(case_id, 1), lane, "a.tax")
        last = await ledger.delivery(case_id, 2, await ledger.version(case_id, 2), lane, "a.tax", Notice.RETRACTED)
        async with workers.running():
            await until(lambda: ledger.all_are([first], State.SUPERSEDED))
            await until(lambda: ledger.all_are([last], State.CANCELLED))
    assert council.arrivals == []


async def test_a_retraction_goes_to_whoever_may_have_read_it(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(500)) as council:
        workers.route("a.tax", council.url)
        lane = await ledger.lane("a.tax")
        case_id = await ledger.case()
        first = await ledger.delivery(case_id, 1, await ledger.version(case_id, 1), lane, "a.tax")
        async with workers.running():
            await until(lambda: council.arrivals)
            last = await ledger.delivery(case_id, 2, await ledger.version(case_id, 2), lane, "a.tax", Notice.RETRACTED)
            council.behaviour = always(200)
            await until(lambda: ledger.all_are([last], State.ACCEPTED))
            await until(lambda: ledger.all_are([first], State.SUPERSEDED))
    assert council.arrivals[-1].message == message_id(last, 1)


async def test_what_is_urgent_overtakes_a_backlog(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url, concurrency=1, per_second=40)
        lane = await ledger.lane("a.tax")
        told = await ledger.case()
        first = await ledger.delivery(told, 1, await ledger.version(told, 1), lane, "a.tax")
        async with workers.running() as engine:
            await until(lambda: ledger.all_are([first], State.ACCEPTED))
            ordinary = await ledger.deliveries(200, lane, "a.tax")
            await until(lambda: len(council.arrivals) > 5)
            last = await ledger.delivery(told, 2, await ledger.version(told, 2), lane, "a.tax", Notice.RETRACTED)
            engine.wake(lane, [last], urgent=True)
            await until(lambda: message_id(last, 1) in council.messages)
            assert State.QUEUED in await ledger.states(ordinary)


async def test_a_rate_that_is_put_right_holds_from_then_on(ledger: Ledger, workers: Workers) -> None:
    lane = await ledger.lane("a.tax")
    ids = await ledger.deliveries(6, lane, "a.tax")
    async with Receiver() as council:
        workers.route("a.tax", council.url, per_second=0.02)
        async with workers.running(lease_renewal=0.5):
            await until(lambda: council.arrivals)
            await lasting(0.5)
            workers.route("a.tax", council.url, per_second=50)
            await until(lambda: ledger.all_are(ids, State.ACCEPTED), within=10)
