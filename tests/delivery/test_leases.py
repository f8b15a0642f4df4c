"""Who may send: one worker a lane, by a lease; what a dead or frozen worker held comes back as outcome unknown."""

from datetime import datetime

import pytest

from hub.delivery import Engine, release_expired
from schemas.delivery import Notice, State
from schemas.ids import message_id
from tests.delivery.conftest import Workers
from tests.delivery.planted import Ledger
from tests.delivery.receiver import Answer, Arrival, Receiver
from tests.waiting import lasting, until


async def test_of_two_workers_one_owns_a_lane_and_nothing_is_sent_twice(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        lane = await ledger.lane("a.tax")
        ids = await ledger.deliveries(100, lane, "a.tax")
        async with workers.running("1") as one, workers.running("2") as two:
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
            assert sum(engine.wake(lane, [], urgent=False) for engine in (one, two)) == 1
    assert sorted(council.messages) == sorted(message_id(id_, 1) for id_ in ids)


async def test_claims_of_a_worker_whose_lease_ended_return_under_the_same_id(ledger: Ledger, workers: Workers) -> None:
    lane = await ledger.lane("a.tax")
    [id_] = await ledger.deliveries(1, lane, "a.tax")
    await ledger.run("INSERT INTO worker (name, lease_until) VALUES ('deliver-dead', now() - interval '1 minute')")
    await ledger.run("UPDATE lane SET owner = 'deliver-dead', epoch = 5")
    await ledger.run("UPDATE delivery SET state = 2, told = true, attempts = 1, claim = gen_random_uuid()")
    await until(lambda: ledger.one("SELECT pg_postmaster_start_time() < now() - interval '1 second'"))
    assert await release_expired(ledger.pool, 0.5) == 1
    assert await ledger.all("SELECT state, told, claim FROM delivery") == [(1, True, None)]
    assert await ledger.all("SELECT delivery, cause FROM attempt") == [(id_, "lease-expired")]
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        async with workers.running():
            await until(lambda: ledger.all_are([id_], State.ACCEPTED))
    assert council.messages == [message_id(id_, 1)]


async def test_an_orderly_stop_gives_back_what_is_unsent_and_leaves_nothing_claimed(ledger: Ledger, workers: Workers) -> None:
    async def slow(_: Arrival) -> Answer:
        await lasting(0.3)
        return 200, {}, b""

    async with Receiver(behaviour=slow) as council:
        workers.route("a.tax", council.url, concurrency=2)
        ids = await ledger.deliveries(40, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: len(council.arrivals) >= 2)
        states = await ledger.states(ids)
    assert set(states) == {State.QUEUED, State.ACCEPTED}
    assert states.count(State.ACCEPTED) == len(council.arrivals)
    assert await ledger.one("SELECT count(*) FROM delivery WHERE told AND state = 1") == 0
    assert await ledger.one("SELECT count(*) FROM lane WHERE owner IS NOT NULL") == 0


async def test_a_lane_follows_a_proposal_when_its_owner_is_idle(ledger: Ledger, workers: Workers) -> None:
    lane = await ledger.lane("a.tax")
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        async with workers.running("1") as one:
            await until(lambda: _owns(one, lane))
            async with workers.running("2") as two:
                await two.propose([lane])
                await until(lambda: _owns(two, lane))
                [id_] = await ledger.deliveries(1, lane, "a.tax")
                await until(lambda: ledger.all_are([id_], State.ACCEPTED))
    assert len(council.arrivals) == 1


async def test_a_worker_that_lost_its_lease_sends_nothing(ledger: Ledger, workers: Workers) -> None:
    lane = await ledger.lane("a.tax")
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        async with workers.running("1", lease_renewal=60.0, lease=0.6) as one:
            await until(lambda: _owns(one, lane))
            await until(lambda: not one.holds_lease())
            await ledger.deliveries(3, lane, "a.tax")
            async with workers.running("2"):
                await until(lambda: len(council.arrivals) == 3)
    assert await ledger.one("SELECT count(*) FROM attempt WHERE worker = 'deliver-1'") == 0


async def test_what_a_worker_left_when_it_died_returns_even_where_its_lane_is_locked_as_it_starts_again(
    ledger: Ledger, workers: Workers
) -> None:
    lane = await ledger.lane("a.tax")
    [id_] = await ledger.deliveries(1, lane, "a.tax")
    await ledger.run("INSERT INTO worker (name, lease_until) VALUES ('deliver-1', now() + interval '1 minute')")
    await ledger.run("UPDATE lane SET owner = 'deliver-1', epoch = 5")
    await ledger.run("UPDATE delivery SET state = 2, told = true, attempts = 1, claim = gen_random_uuid()")
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        async with ledger.pool.connection() as answering, answering.transaction():
            await answering.execute("SELECT FROM lane FOR NO KEY UPDATE")
            working = workers.running("1")
            await working.__aenter__()
            await lasting(0.4)
        await until(lambda: ledger.all_are([id_], State.ACCEPTED))
        await working.__aexit__(None, None, None)
    assert council.messages == [message_id(id_, 1)]


async def test_what_was_dropped_while_a_renewal_came_too_late_is_sent_all_the_same(ledger: Ledger, workers: Workers) -> None:
    lane = await ledger.lane("a.tax")
    async with Receiver() as council:
        workers.route("a.tax", council.url, per_second=4.0)
        ids = await ledger.deliveries(8, lane, "a.tax")
        async with workers.running("1", lease=1.5, lease_renewal=1.0) as one:
            await until(lambda: bool(council.arrivals))
            async with ledger.pool.connection() as slow, slow.transaction():
                await slow.execute("SELECT FROM worker FOR UPDATE")
                await until(lambda: not one.holds_lease())
                await lasting(0.4)
            await until(one.holds_lease)
            await one.propose([lane])
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
    assert sorted(set(council.messages)) == sorted(message_id(id_, 1) for id_ in ids)


async def test_two_processes_under_one_name_are_warned_of_and_one_that_comes_back_is_not(
    ledger: Ledger, workers: Workers, capfd: pytest.CaptureFixture[str]
) -> None:
    renewals: set[datetime] = set()

    async def has_renewed(times: int) -> bool:
        renewals.add(await ledger.one("SELECT lease_until FROM worker WHERE name = 'deliver-1'"))
        return len(renewals) >= times

    await ledger.run("INSERT INTO worker (name, lease_until) VALUES ('deliver-1', now() + interval '1 minute')")
    async with workers.running("1"):
        await until(lambda: has_renewed(4))
        assert "delivery.runs-twice" not in capfd.readouterr().err
        async with workers.running("1"):
            await until(lambda: "delivery.runs-twice" in capfd.readouterr().err)


def _owns(engine: Engine, lane: int) -> bool:
    return engine.wake(lane, [], urgent=False)


async def test_a_claim_whose_answer_was_lost_is_returned_by_the_worker_that_lives_on(ledger: Ledger, workers: Workers) -> None:
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    lane = await ledger.lane("a.tax")
    case_id = await ledger.case()
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        async with workers.running():
            told = await ledger.delivery(case_id, 1, await ledger.version(case_id, 1), lane, "a.tax")
            await until(lambda: ledger.all_are([told], State.ACCEPTED))
            async with ledger.pool.connection() as connection, connection.transaction():
                # It claims, and then asks whether the recipient was told: that question is where it loses its connection.
                await connection.execute("LOCK TABLE client IN ACCESS EXCLUSIVE MODE")
                last = await ledger.delivery(case_id, 2, await ledger.version(case_id, 2), lane, "a.tax", Notice.RETRACTED)
                await until(lambda: ledger.all(waiting))
                assert await ledger.states([last]) == [State.SENDING]
                for (pid,) in await ledger.all(waiting):
                    await ledger.run("SELECT pg_terminate_backend(%s)", pid)
            await until(lambda: ledger.all_are([last], State.ACCEPTED))
    assert await ledger.all("SELECT cause FROM attempt WHERE delivery = %s AND cause IS NOT NULL", last) == [("claim-lost",)]
    assert council.messages == [message_id(told, 1), message_id(last, 1)]
