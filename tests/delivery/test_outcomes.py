"""What a recipient does, and what the hub makes of it: who is told, what is tried again, when a person is asked."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

import orjson
import pytest

from connectors.contract import Endpoint, Outcome, Parcel
from connectors.webhook import WebhookConnector
from hub.delivery import operate, redrive, resume
from schemas.delivery import State
from schemas.ids import message_id
from tests.delivery.conftest import Workers
from tests.delivery.planted import Ledger
from tests.delivery.receiver import Answer, Arrival, Receiver, always
from tests.waiting import until


async def test_a_refused_connection_proves_that_nobody_was_told(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        await council.down()
        [id_] = await ledger.deliveries(1, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: _outcome(ledger, "connection-refused"))
            await until(lambda: ledger.all_are([id_], State.QUEUED))
            assert await ledger.one("SELECT told FROM delivery") is False
            await council.up()
            await until(lambda: ledger.all_are([id_], State.ACCEPTED))
    assert await ledger.one("SELECT told FROM delivery") is True


async def test_a_time_out_after_reading_is_outcome_unknown_and_repeats_the_same_message(ledger: Ledger, workers: Workers) -> None:
    async def silent(_: Arrival) -> Answer:
        await asyncio.Event().wait()
        return None

    async with Receiver(behaviour=silent) as council:
        workers.route("a.tax", council.url)
        [id_] = await ledger.deliveries(1, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: _outcome(ledger, "timeout"))
            assert await ledger.one("SELECT told FROM delivery") is True
            council.behaviour = always(200)
            await until(lambda: ledger.all_are([id_], State.ACCEPTED))
    assert set(council.messages) == {message_id(id_, 1)}
    assert len({arrival.body for arrival in council.arrivals}) == 1


async def test_a_cut_connection_may_have_been_read(ledger: Ledger, workers: Workers) -> None:
    async def cut(_: Arrival) -> Answer:
        return None

    async with Receiver(behaviour=cut) as council:
        workers.route("a.tax", council.url)
        await ledger.deliveries(1, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: _outcome(ledger, "connection-lost"))
            assert await ledger.one("SELECT told FROM delivery") is True


async def test_a_refusal_goes_to_a_person_at_once_and_a_redrive_puts_it_back(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(422)) as council:
        workers.route("a.tax", council.url)
        [id_] = await ledger.deliveries(1, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: ledger.all_are([id_], State.FAILED))
            assert await ledger.all("SELECT cause, about FROM task WHERE closed_at IS NULL") == [("failed", str(id_))]
            council.behaviour = always(200)
            async with ledger.pool.connection() as connection:
                assert await redrive(connection, recipient="a.tax") == [id_]
            await until(lambda: ledger.all_are([id_], State.ACCEPTED))
    assert await ledger.one("SELECT count(*) FROM task WHERE closed_at IS NULL") == 0


async def test_a_large_redrive_goes_by_pages_and_takes_everything_that_had_failed(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operate, "_MOST", 4)
    ids = await ledger.deliveries(10, await ledger.lane("a.tax"), "a.tax")
    await ledger.run("UPDATE delivery SET state = 5")
    async with ledger.pool.connection() as connection:
        assert await redrive(connection) == ids
    assert await ledger.all_are(ids, State.QUEUED)


async def test_gone_pauses_the_recipient_and_everything_arrives_after_resume(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(410)) as council:
        workers.route("a.tax", council.url)
        ids = await ledger.deliveries(5, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: ledger.all("SELECT 1 FROM lane WHERE paused = 'gone'"))
            await until(lambda: ledger.all_are(ids, State.QUEUED))
            assert await ledger.all("SELECT cause, about FROM task WHERE closed_at IS NULL") == [("gone", "a.tax")]
            council.behaviour = always(200)
            async with ledger.pool.connection() as connection:
                assert await resume(connection, "a.tax")
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))


async def test_a_fault_of_the_endpoint_opens_the_breaker_with_one_task_and_fails_no_delivery(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(401)) as council:
        workers.route("a.tax", council.url)
        ids = await ledger.deliveries(30, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: len(set(council.messages)) >= 3)
            await until(lambda: ledger.all_are(ids, State.QUEUED))
            assert await ledger.all("SELECT cause, about FROM task") == [("endpoint-fault", "a.tax")]
            council.behaviour = always(200)
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
    assert await ledger.one("SELECT count(*) FROM task WHERE closed_at IS NULL") == 0
    assert await ledger.one("SELECT breaker FROM lane") == 0


async def test_trap_k_after_an_outage_the_backlog_flows_in_order(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(503)) as council:
        workers.route("a.tax", council.url, concurrency=1)
        lane = await ledger.lane("a.tax")
        first = await ledger.deliveries(20, lane, "a.tax")
        async with workers.running():
            await until(lambda: ledger.all("SELECT 1 FROM lane WHERE breaker = 1"))
            ids = first + await ledger.deliveries(60, lane, "a.tax")
            probes = len(council.arrivals)
            council.behaviour = always(200)
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
    arrived = [arrival.message for arrival in council.arrivals[probes:]]
    # Probes may go out of turn; what follows the breaker's closing does not.
    in_order = [message for message in arrived[2:] if arrived.count(message) == 1]
    assert in_order == sorted(in_order)


async def test_probes_are_spaced_and_never_of_one_delivery_alone(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(500)) as council:
        workers.route("a.tax", council.url, concurrency=1)
        await ledger.deliveries(10, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: ledger.all("SELECT 1 FROM lane WHERE breaker = 1"))
            opened = len(council.arrivals)
            await until(lambda: len(council.arrivals) >= opened + 4)
    probes = council.messages[opened:]
    assert all(one != other for one, other in pairwise(probes))


async def test_retry_after_holds_the_whole_lane(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(429, {"retry-after": "1"})) as council:
        workers.route("a.tax", council.url, concurrency=1)
        lane = await ledger.lane("a.tax")
        ids = await ledger.deliveries(3, lane, "a.tax")
        async with workers.running(retry_longest=5.0):
            await until(lambda: ledger.all("SELECT 1 FROM lane WHERE held_until IS NOT NULL"))
            council.behaviour = always(200)
            asked = datetime.now(UTC)
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
            assert (datetime.now(UTC) - asked).total_seconds() > 0.5
    assert len(council.arrivals) == 4


async def test_trap_b_a_delivery_that_cannot_be_made_in_time_ends_with_a_person(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(500)) as council:
        workers.route("a.tax", council.url)
        [id_] = await ledger.deliveries(1, await ledger.lane("a.tax"), "a.tax")
        async with workers.running(retry_for=0.5, breaker_failures=1000):
            await until(lambda: ledger.all_are([id_], State.FAILED))
    assert await ledger.all("SELECT cause FROM task WHERE closed_at IS NULL") == [("failed",)]
    assert len(council.arrivals) >= 2


async def test_a_batch_is_answered_item_by_item(ledger: Ledger, workers: Workers) -> None:
    seen: list[list[str]] = []

    async def half(arrival: Arrival) -> Answer:
        names = [event["id"] for event in orjson.loads(arrival.body)]
        seen.append(names)
        named = names[: max(1, len(names) // 2)]
        return 200, {}, orjson.dumps({"items": [{"id": name, "status": 200} for name in named]})

    async with Receiver(behaviour=half) as council:
        workers.route("a.tax", council.url, batch=8, concurrency=1)
        ids = await ledger.deliveries(16, await ledger.lane("a.tax"), "a.tax")
        async with workers.running():
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
    assert max(map(len, seen)) == 8
    assert {name for names in seen for name in names} == {message_id(id_, 1) for id_ in ids}
    assert all(arrival.headers["content-type"].startswith("application/cloudevents-batch+json") for arrival in council.arrivals)


@pytest.mark.parametrize("status", [404, 410])
async def test_an_item_that_a_batchs_answer_refuses_is_a_persons_and_says_nothing_of_the_endpoint(
    ledger: Ledger, workers: Workers, status: int
) -> None:
    ids = await ledger.deliveries(6, await ledger.lane("a.tax"), "a.tax")
    bad = message_id(ids[2], 1)

    async def answer(arrival: Arrival) -> Answer:
        names = [event["id"] for event in orjson.loads(arrival.body)]
        return 200, {}, orjson.dumps({"items": [{"id": name, "status": status if name == bad else 200} for name in names]})

    async with Receiver(behaviour=answer) as council:
        workers.route("a.tax", council.url, batch=6, concurrency=1)
        async with workers.running():
            await until(lambda: ledger.all_are([ids[2]], State.FAILED))
            await until(lambda: ledger.all_are([*ids[:2], *ids[3:]], State.ACCEPTED))
    assert await ledger.all("SELECT breaker, paused FROM lane") == [(0, None)]
    assert await ledger.all("SELECT cause, about FROM task") == [("failed", str(ids[2]))]


async def test_a_refused_batch_is_halved_until_the_bad_item_stands_alone(ledger: Ledger, workers: Workers) -> None:
    ids = await ledger.deliveries(8, await ledger.lane("a.tax"), "a.tax")
    bad = message_id(ids[5], 1)

    async def choosy(arrival: Arrival) -> Answer:
        return (400 if bad in arrival.body.decode() else 200), {}, b""

    async with Receiver(behaviour=choosy) as council:
        workers.route("a.tax", council.url, batch=8, concurrency=1)
        async with workers.running():
            await until(lambda: ledger.all_are([ids[5]], State.FAILED))
            await until(lambda: ledger.all_are(ids[:5] + ids[6:], State.ACCEPTED))


async def test_a_recipient_probed_more_often_than_can_be_counted_stops_no_worker(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        [id_] = await ledger.deliveries(1, await ledger.lane("a.tax"), "a.tax")
        await ledger.run("UPDATE delivery SET attempts = 32767")
        async with workers.running():
            await until(lambda: ledger.all_are([id_], State.ACCEPTED))


async def test_one_recipient_down_harms_no_other(ledger: Ledger, workers: Workers) -> None:
    async with Receiver(behaviour=always(503)) as down, Receiver() as up:
        workers.route("a.tax", down.url)
        workers.route("b.tax", up.url)
        await ledger.deliveries(200, await ledger.lane("a.tax"), "a.tax")
        ids = await ledger.deliveries(50, await ledger.lane("b.tax"), "b.tax")
        async with workers.running():
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))


async def _outcome(ledger: Ledger, cause: str) -> bool:
    return bool(await ledger.all("SELECT 1 FROM attempt WHERE cause = %s", cause))


async def test_a_connector_that_hangs_is_ended_and_outcome_unknown(ledger: Ledger, workers: Workers) -> None:
    class Hanging(WebhookConnector):
        async def send(self, endpoint: Endpoint, parcels: Sequence[Parcel]) -> Sequence[Outcome]:
            await asyncio.Event().wait()
            return []

    workers.route("a.tax", "http://127.0.0.1:9/")
    await ledger.deliveries(1, await ledger.lane("a.tax"), "a.tax")
    async with workers.running(connector=Hanging(allow_private=True), send_timeout=0.1):
        await until(lambda: _outcome(ledger, "connector-hung"))
    assert await ledger.one("SELECT told FROM delivery") is True
