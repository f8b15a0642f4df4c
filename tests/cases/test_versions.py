"""A case through time: what becomes the truth is planned, what does not is kept, what has not begun is stopped."""

from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest

from hub.cases import MergeRefused, Position, keep_apart, merge, proposals, read_versions
from hub.store import add_partitions
from schemas import State, delivery_id
from tests.cases.conftest import Ledger
from tests.cases.deaths import death, informal

JANE = {"names": {"given": ["Jane"], "family": "Doe"}}
JOHN = {"names": {"given": ["John"], "family": "Roe"}}
CASE = "SELECT newest, effective, standing, fact, plan_due FROM cases WHERE id = %s"


async def planned(ledger: Ledger, case_id: UUID) -> None:
    await ledger.rows("UPDATE cases SET plan_due = false WHERE id = %s RETURNING 1", case_id)
    await ledger.rows("DELETE FROM outbox RETURNING 1")


async def delivered(ledger: Ledger, case_id: UUID, states: dict[str, tuple[State, bool]]) -> dict[str, UUID]:
    """Plant a plan of version 1 with one delivery for each recipient: its state, and whether it was told."""
    ((recorded_at,),) = await ledger.rows("SELECT recorded_at FROM case_version WHERE case_id = %s AND version = 1", case_id)
    ids = {recipient: delivery_id(recorded_at, case_id, 1, recipient) for recipient in states}
    decisions = orjson.dumps([{"recipient": recipient, "decision": "allowed", "rule": "test"} for recipient in states]).decode()
    async with ledger.pool.connection() as connection:
        await add_partitions(connection, datetime.now(UTC))
        await connection.execute("INSERT INTO register (digest, content) VALUES ('', '[]')")
        await connection.execute("INSERT INTO plan SELECT %s, 1, max(version), now(), %s FROM register", (case_id, decisions))
        for recipient, (state, told) in states.items():
            await connection.execute("INSERT INTO lane (recipient, connector) VALUES (%s, 'webhook')", (recipient,))
            await connection.execute(
                "INSERT INTO delivery (id, case_id, subject, due_at, changed_at, lane, version, state, notice, message, told)"
                " SELECT %s, %s, gen_random_uuid(), now(), now(), id, 1, %s, 0, 1, %s FROM lane WHERE recipient = %s",
                (ids[recipient], case_id, int(state), told, recipient),
            )
    return ids


async def test_a_correction_becomes_the_truth_and_waits_for_planning(ledger: Ledger) -> None:
    told = await ledger.tell_one(informal(1))
    await planned(ledger, told.case_id)
    newer = await ledger.tell_one(death(1, minute=1))
    assert (newer.version, newer.position, newer.merged) == (2, Position.NEWER, True)
    assert await ledger.rows(CASE, told.case_id) == [(2, 2, 3, 1, True)]
    assert await ledger.rows("SELECT version, urgent FROM outbox") == [(2, False)]


async def test_a_late_older_one_is_kept_and_not_sent(ledger: Ledger) -> None:
    told = await ledger.tell_one(death(2, minute=5))
    await planned(ledger, told.case_id)
    assert (await ledger.tell_one(death(2, minute=1))).position is Position.OLDER
    assert await ledger.rows(CASE, told.case_id) == [(2, 1, 3, 1, False)]
    assert await ledger.rows("SELECT FROM outbox") == []


async def test_a_second_teller_who_says_the_same_is_kept_and_nobody_is_told_again(ledger: Ledger) -> None:
    told = await ledger.tell_one(death(3))
    await planned(ledger, told.case_id)
    same = await ledger.tell_one(informal(3))
    assert (same.position, same.merged) == (Position.REPEATED, True)
    assert await ledger.rows("SELECT FROM outbox") == []


async def test_what_the_family_adds_to_a_registered_death_is_told_though_the_register_stays_the_truth(ledger: Ledger) -> None:
    told = await ledger.tell_one(death(4))
    await planned(ledger, told.case_id)
    assert (await ledger.tell_one(informal(4, estateContact=JANE))).position is Position.NEWER
    assert await ledger.rows(CASE, told.case_id) == [(2, 2, 3, 1, True)]


async def test_tellers_who_name_different_people_are_a_persons_task(ledger: Ledger) -> None:
    await ledger.tell_one(death(5, estateContact=JANE))
    await ledger.tell_one(informal(5, estateContact=JOHN))
    assert await ledger.rows("SELECT cause FROM task") == [("contact-disputed",)]


@pytest.mark.parametrize("fact", ["cancelled", "retracted"])
async def test_taking_back_stops_what_has_not_begun_and_nothing_else(ledger: Ledger, fact: str) -> None:
    told = await ledger.tell_one(death(6))
    states = {
        "held": (State.HELD, False), "queued": (State.QUEUED, False), "failed": (State.FAILED, False),
        "maybe-told": (State.QUEUED, True), "sending": (State.SENDING, True), "accepted": (State.ACCEPTED, True),
    }  # fmt: skip
    ids = await delivered(ledger, told.case_id, states)
    await planned(ledger, told.case_id)
    await ledger.tell_one(death(6, minute=1, fact=fact))
    after = dict(await ledger.rows("SELECT id, state FROM delivery"))
    assert {name: State(after[id_]) for name, id_ in ids.items()} == {
        "held": State.CANCELLED, "queued": State.CANCELLED, "failed": State.CANCELLED,
        "maybe-told": State.QUEUED, "sending": State.SENDING, "accepted": State.ACCEPTED,
    }  # fmt: skip
    assert await ledger.rows("SELECT version, urgent FROM outbox") == [(2, True)]
    assert await ledger.rows("SELECT sum(change) FROM tally_delta WHERE state = %s", int(State.CANCELLED)) == [(3,)]
    ((events,),) = await ledger.rows("SELECT events FROM news")
    assert {event["state"] for event in orjson.loads(events)} == {"cancelled"}


async def test_an_older_cancellation_stops_nothing(ledger: Ledger) -> None:
    told = await ledger.tell_one(death(7, minute=9))
    ids = await delivered(ledger, told.case_id, {"queued": (State.QUEUED, False)})
    await ledger.tell_one(death(7, minute=1, fact="cancelled"))
    assert await ledger.rows("SELECT state FROM delivery WHERE id = %s", ids["queued"]) == [(int(State.QUEUED),)]


async def test_versions_are_sealed_where_they_lie_and_read_back_whole(ledger: Ledger) -> None:
    told = await ledger.tell_one(death(8))
    await ledger.tell_one(death(8, minute=1))
    async with ledger.pool.connection() as connection:
        versions, readable = await read_versions(connection, ledger.keys, told.case_id)
    assert [version.version for version in versions] == [1, 2]
    assert readable == versions
    assert versions[0].content["deceased"]["names"]["family"] == "Planted8"
    for (sealed,) in await ledger.rows("SELECT sealed FROM case_version"):
        assert b"Planted" not in bytes(sealed)
    data_keys = await ledger.rows("SELECT data_key FROM case_version")
    assert len(set(data_keys)) == 2


async def test_a_merge_brings_two_cases_together_under_one_and_is_planned(ledger: Ledger) -> None:
    by_number = await ledger.tell_one(death(9, deceased={"names": {"family": "Planted9"}, "dateOfDeath": {"value": "2026"}}))
    by_nino = await ledger.tell_one(informal(9, estateContact=JANE))
    await ledger.tell_one(death(9, minute=3))
    (proposed,) = await proposals(ledger.pool)
    assert {proposed.case_a, proposed.case_b} == {by_number.case_id, by_nino.case_id}
    await delivered(ledger, by_nino.case_id, {"queued": (State.QUEUED, False), "accepted": (State.ACCEPTED, True)})
    await planned(ledger, by_number.case_id)

    newest = await merge(ledger.pool, ledger.keys, by_number.case_id, by_nino.case_id, "clerk")

    assert newest == 3
    assert await ledger.rows(CASE, by_number.case_id) == [(3, 3, 3, 1, True)]
    async with ledger.pool.connection() as connection:
        _, readable = await read_versions(connection, ledger.keys, by_number.case_id)
    assert readable[-1].content["estateContact"] == JANE
    assert await ledger.rows("SELECT state FROM delivery ORDER BY state") == [(int(State.ACCEPTED),), (int(State.CANCELLED),)]
    assert await proposals(ledger.pool) == []
    assert await ledger.rows("SELECT FROM task WHERE closed_at IS NULL") == []
    later = await ledger.tell_one(informal(9, client="hospital"))
    assert later.case_id == by_number.case_id


async def test_cases_that_a_person_kept_apart_are_not_proposed_again(ledger: Ledger) -> None:
    first = await ledger.tell_one(informal(10))
    same_look = informal(10).notification.data.model_dump(mode="json", by_alias=True)["deceased"] | {"nino": None}
    second = await ledger.tell_one(death(11, deceased=same_look))
    assert len(await proposals(ledger.pool)) == 1
    await keep_apart(ledger.pool, first.case_id, second.case_id, "clerk")
    await ledger.tell_one(death(11, minute=1, deceased=same_look))
    assert await proposals(ledger.pool) == []
    assert await ledger.rows("SELECT FROM task WHERE closed_at IS NULL") == []


async def test_a_case_is_not_merged_with_itself_nor_twice(ledger: Ledger) -> None:
    a, b = (await ledger.tell_one(death())).case_id, (await ledger.tell_one(death())).case_id
    with pytest.raises(MergeRefused, match="the same"):
        await merge(ledger.pool, ledger.keys, a, a, "clerk")
    await merge(ledger.pool, ledger.keys, a, b, "clerk")
    with pytest.raises(MergeRefused, match="already"):
        await merge(ledger.pool, ledger.keys, a, b, "clerk")
