"""Erasing a case: nothing of it goes out any more, nothing the hub holds of it can be read, and the history stays."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import timedelta
from uuid import UUID

import orjson
import pytest
import pytest_asyncio

from hub.privacy import Erasure, Keys, erase, finish_erasures, replay_erasures
from hub.store import open_pool
from hub.tracking import acknowledge
from schemas import Acknowledgement, Answer, State, message_id
from tests.conftest import Databases
from tests.tracking.conftest import Deliveries
from tests.waiting import until

RECIPIENTS = ("stevenage.council-tax", "stevenage.housing", "hertfordshire.libraries", "stevenage.waste")
CODE = "4KXRD7WM2PYM"


async def retention(topics: Collection[str]) -> Mapping[str, timedelta]:
    return {topic: timedelta(days=14) for topic in topics if topic != "recipient.unknown"}


class Told(Deliveries):
    """A case with one delivery in each of four states, and its reference."""

    case_id: UUID
    ids: list[UUID]

    async def tell(self, *states: State) -> None:
        self.case_id = await self.case()
        at = await self.version(self.case_id, 1)
        self.ids = []
        for recipient, state in zip(RECIPIENTS, states, strict=False):
            lane = await self.lane(recipient)
            self.ids.append(await self.delivery(self.case_id, 1, at, lane, recipient))
            await self.stands(self.ids[-1], state)
        decisions = [{"recipient": recipient, "decision": "allowed", "rule": "x@1"} for recipient in RECIPIENTS]
        await self.run("INSERT INTO register (digest, content) VALUES ('', '[]')")
        await self.run(
            "INSERT INTO plan SELECT %s, 1, max(version), now(), %s::jsonb FROM register", self.case_id, orjson.dumps(decisions).decode()
        )
        await self.run("INSERT INTO reference (code, case_id, client) VALUES (%s, %s, 'registrar')", CODE, self.case_id)
        await self.run("INSERT INTO outbox (case_id, version) VALUES (%s, 1)", self.case_id)

    async def erase(self, patience: float = 5.0) -> Erasure | None:
        return await erase(self.pool, self.keys, CODE, retention, patience=patience)

    async def data_keys(self) -> set[int]:
        rows = await self.all("SELECT data_key FROM case_version UNION SELECT data_key FROM message UNION SELECT data_key FROM answer")
        return {int(str(row[0])) for row in rows if row[0] is not None}

    async def readable(self) -> set[int]:
        return set(await self.keys.get(await self.data_keys()))


@pytest_asyncio.fixture
async def ledger(postgres: Databases, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Told]:
    monkeypatch.setattr("hub.privacy.erasure.KEY_CACHE_SECONDS", 0.0)
    async with await open_pool(postgres.database_url) as pool, await open_pool(postgres.keystore_url, size=2) as keystore:
        yield Told(pool, Keys(keystore, secrets.token_bytes(32)))


async def test_what_is_unsent_is_recalled_and_no_key_is_left(ledger: Told) -> None:
    await ledger.tell(State.QUEUED, State.HELD, State.FAILED, State.APPLIED)
    assert await ledger.readable() == await ledger.data_keys()
    done = await ledger.erase()
    assert done is not None
    assert done.destroyed_at is not None
    assert done.keys == len(await ledger.data_keys())
    assert await ledger.readable() == set()
    assert await ledger.states(ledger.ids) == [State.CANCELLED, State.CANCELLED, State.CANCELLED, State.APPLIED]
    assert await ledger.one("SELECT count(*) FROM outbox") == 0
    assert await ledger.one("SELECT erased_at IS NOT NULL AND NOT plan_due FROM cases") is True


async def test_recipients_words_go_with_the_case(ledger: Told) -> None:
    await ledger.tell(State.ACCEPTED)
    said = Acknowledgement(answer=Answer.REJECTED, reason="We hold two people of this name.")
    async with ledger.pool.connection() as connection:
        await acknowledge(connection, ledger.keys, message_id(ledger.ids[0], 1), RECIPIENTS[0], said, "http")
    await ledger.erase()
    [(data_key,)] = await ledger.all("SELECT data_key FROM answer")
    assert await ledger.keys.get([int(str(data_key))]) == {}
    assert await ledger.state(ledger.ids[0]) is State.REJECTED


async def test_what_is_in_flight_is_waited_for_and_not_sent_again(ledger: Told) -> None:
    await ledger.tell(State.SENDING, State.QUEUED)
    erasing = asyncio.create_task(ledger.erase())
    await until(lambda: ledger.all_are([ledger.ids[1]], State.CANCELLED))
    assert await ledger.readable() == await ledger.data_keys(), "keys are needed while something is in flight"
    await ledger.stands(ledger.ids[0], State.QUEUED)  # the attempt failed, and would be tried again
    done = await erasing
    assert done is not None
    assert done.destroyed_at is not None
    assert await ledger.state(ledger.ids[0]) is State.CANCELLED


async def test_an_erasure_that_could_not_wait_longer_is_carried_through_later(ledger: Told) -> None:
    await ledger.tell(State.SENDING)
    done = await ledger.erase(patience=0.0)
    assert done is not None
    assert (done.destroyed_at, done.in_flight) == (None, 1)
    assert await finish_erasures(ledger.pool, ledger.keys, retention) == 0
    await ledger.stands(ledger.ids[0], State.ACCEPTED)
    assert await finish_erasures(ledger.pool, ledger.keys, retention) == 1
    assert await ledger.readable() == set()


async def test_topics_that_still_hold_a_copy_are_listed_with_their_date(ledger: Told) -> None:
    await ledger.tell(State.PLACED, State.PLACED)
    for delivery, topic in zip(ledger.ids, ("recipient.stevenage.waste", "recipient.unknown"), strict=False):
        await ledger.run("INSERT INTO placement SELECT id, 1, lane, %s, 'id', 0, 0, now() FROM delivery WHERE id = %s", topic, delivery)
    done = await ledger.erase()
    assert done is not None
    known, unknown = done.remains
    assert (known.recipient, known.topic) == (RECIPIENTS[0], "recipient.stevenage.waste")
    assert known.until is not None
    assert unknown.until is None
    stored = await ledger.one("SELECT remains FROM erasure")
    assert isinstance(stored, list)
    assert [row["topic"] for row in stored] == ["recipient.stevenage.waste", "recipient.unknown"]


async def test_erasing_twice_changes_nothing(ledger: Told) -> None:
    await ledger.tell(State.APPLIED)
    first = await ledger.erase()
    again = await erase(ledger.pool, ledger.keys, CODE, retention)
    assert first is not None
    assert again is not None
    assert (again.requested_at, again.destroyed_at) == (first.requested_at, first.destroyed_at)
    assert await erase(ledger.pool, ledger.keys, "222222222222", retention) is None


async def test_a_restored_key_is_destroyed_again(ledger: Told, postgres: Databases) -> None:
    await ledger.tell(State.APPLIED)
    async with await open_pool(postgres.keystore_url, size=1) as keystore, keystore.connection() as connection:
        backup = await (await connection.execute("SELECT id, wrapped FROM data_key")).fetchall()
        await ledger.erase()
        for id_, wrapped in backup:
            await connection.execute(
                "INSERT INTO data_key (id, wrapped) OVERRIDING SYSTEM VALUE VALUES (%s, %s) ON CONFLICT DO NOTHING", (id_, wrapped)
            )
    await ledger.run("UPDATE cases SET erased_at = NULL")
    assert await ledger.readable() == await ledger.data_keys()
    assert await replay_erasures(ledger.pool, ledger.keys) == 1
    assert await ledger.readable() == set()
    assert await ledger.one("SELECT erased_at IS NOT NULL FROM cases") is True


async def test_cases_merged_into_it_go_with_it(ledger: Told) -> None:
    await ledger.tell(State.APPLIED)
    merged = await ledger.case()
    await ledger.version(merged, 1)
    await ledger.run("UPDATE cases SET merged_into = %s WHERE id = %s", ledger.case_id, merged)
    await ledger.erase()
    assert await ledger.readable() == set()
    assert await ledger.one("SELECT count(*) FROM cases WHERE erased_at IS NULL") == 0


async def test_a_case_told_of_anew_after_its_erasure_is_left_by_a_replay_and_can_be_erased_anew(ledger: Told) -> None:
    await ledger.tell(State.APPLIED)
    first = await ledger.erase()
    await ledger.version(ledger.case_id, 2)
    await ledger.run("UPDATE cases SET erased_at = NULL")
    [(kept,)] = await ledger.all("SELECT data_key FROM case_version WHERE version = 2")
    await replay_erasures(ledger.pool, ledger.keys)
    assert await ledger.readable() == {kept}
    assert await ledger.one("SELECT erased_at FROM cases") is None
    again = await ledger.erase()
    assert first is not None
    assert again is not None
    assert first.destroyed_at is not None
    assert again.destroyed_at is not None
    assert again.destroyed_at > first.destroyed_at
    assert await ledger.readable() == set()
