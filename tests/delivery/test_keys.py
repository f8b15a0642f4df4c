"""What does not open is a person's, what was erased is nobody's, and neither harms another delivery."""

from functools import partial
from uuid import UUID

from schemas.delivery import State
from schemas.ids import message_id
from tests.delivery.conftest import Workers
from tests.delivery.planted import Ledger
from tests.delivery.receiver import Receiver
from tests.waiting import until


async def test_a_message_that_does_not_open_is_a_persons_and_harms_no_other(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        broken, *others = await ledger.deliveries(5, await ledger.lane("a.tax"), "a.tax")
        await ledger.run("UPDATE message SET sealed = substr(sealed, 1, length(sealed) - 1) || '\\x00'::bytea WHERE delivery = %s", broken)
        async with workers.running():
            await until(lambda: ledger.all_are([broken], State.FAILED))
            await until(lambda: ledger.all_are(others, State.ACCEPTED))
    assert await ledger.all("SELECT cause, about, evidence ->> 'cause' FROM task") == [("failed", str(broken), "seal-broken")]
    assert await ledger.one("SELECT told FROM delivery WHERE id = %s", broken) is False


async def test_a_message_whose_key_was_lost_is_a_persons_and_one_whose_case_was_erased_is_nobodys(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        ids = lost, gone, whole = await ledger.deliveries(3, await ledger.lane("a.tax"), "a.tax")
        keys: dict[UUID, int] = dict(await ledger.all("SELECT delivery, data_key FROM message"))
        await ledger.run("INSERT INTO erasure (case_id, data_keys) SELECT case_id, %s FROM delivery WHERE id = %s", [keys[gone]], gone)
        await ledger.keys.destroy([keys[lost], keys[gone]])
        for id_ in ids:  # one after the other: what is claimed together is judged together
            await ledger.run(
                "UPDATE delivery SET due_at = CASE WHEN id = %s THEN now() ELSE now() + interval '1 hour' END WHERE state = 1", id_
            )
            async with workers.running():
                await until(partial(ledger.all, "SELECT 1 FROM delivery WHERE id = %s AND state > 2", id_))
    assert await ledger.states(ids) == [State.FAILED, State.CANCELLED, State.ACCEPTED]
    assert await ledger.all("SELECT about, evidence ->> 'cause' FROM task") == [(str(lost), "seal-broken")]
    assert council.messages == [message_id(whole, 1)]


async def test_a_message_whose_key_does_not_unwrap_is_a_persons_and_harms_no_other(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        broken, *others = await ledger.deliveries(5, await ledger.lane("a.tax"), "a.tax")
        await ledger.break_key(workers.databases.keystore_url, broken)
        async with workers.running():
            await until(lambda: ledger.all_are([broken], State.FAILED))
            await until(lambda: ledger.all_are(others, State.ACCEPTED))
    assert await ledger.all("SELECT about, evidence ->> 'cause' FROM task") == [(str(broken), "seal-broken")]
    assert await ledger.all("SELECT told, attempts FROM delivery WHERE id = %s", broken) == [(False, 0)]


async def test_a_worker_with_a_wrong_master_key_fails_nothing_and_counts_nobody_as_told(ledger: Ledger, workers: Workers) -> None:
    async with Receiver() as council:
        workers.route("a.tax", council.url)
        ids = await ledger.deliveries(3, await ledger.lane("a.tax"), "a.tax")
        planted = await ledger.one("SELECT max(changed_at) FROM delivery")
        async with workers.running(master_key=bytes(32)):
            await until(partial(ledger.all, "SELECT 1 FROM delivery HAVING min(changed_at) > %s AND max(state) = 1", planted))
            await until(partial(ledger.all, "SELECT 1 FROM lane WHERE owner IS NOT NULL"))
        assert set(await ledger.all("SELECT state, told, attempts FROM delivery")) == {(State.QUEUED, False, 0)}
        async with workers.running():
            await until(lambda: ledger.all_are(ids, State.ACCEPTED))
    assert await ledger.one("SELECT count(*) FROM task") == 0
    assert sorted(council.messages) == sorted(message_id(id_, 1) for id_ in ids)
