"""One change, one case; the same again gives the first answer; nothing is told twice as two."""

import asyncio
import itertools
from datetime import UTC, datetime

import pytest

from hub.cases import Arrival, Cause, Position, Recorded, Refusal
from hub.cases.arrival import Draft, draft_of
from hub.cases.opening import open_cases
from hub.kinds import BUILT_IN
from schemas import SourceKind
from tests.cases.conftest import Ledger
from tests.cases.deaths import death, event, informal
from tests.waiting import until


async def test_a_first_notification_opens_a_case_with_all_that_belongs_to_it(ledger: Ledger) -> None:
    told = await ledger.tell_one(death())
    assert (told.version, told.position, told.replay, told.merged) == (1, Position.NEW, False, False)
    assert await ledger.rows("SELECT newest, effective, plan_due FROM cases WHERE id = %s", told.case_id) == [(1, 1, True)]
    assert await ledger.rows("SELECT code FROM reference WHERE case_id = %s", told.case_id) == [(told.reference,)]
    assert await ledger.rows("SELECT case_id, version, urgent FROM outbox") == [(told.case_id, 1, False)]


async def test_a_batch_of_strangers_opens_a_case_each(ledger: Ledger) -> None:
    answers = await ledger.tell(*(death() for _ in range(200)))
    assert len({a.case_id for a in answers if isinstance(a, Recorded)}) == 200
    assert len({a.reference for a in answers if isinstance(a, Recorded)}) == 200


async def test_the_same_again_gives_the_first_answer_marked_as_a_replay(ledger: Ledger) -> None:
    arrival = death(key="k1")
    first = await ledger.tell_one(arrival)
    again = await ledger.tell_one(arrival)
    assert again.replay
    assert (again.notification, again.reference, again.version, again.position) == (
        first.notification, first.reference, first.version, first.position,
    )  # fmt: skip
    assert len(await ledger.rows("SELECT FROM case_version")) == 1


async def test_a_key_added_to_a_repeat_is_remembered_too(ledger: Ledger) -> None:
    body = event()
    plain, keyed = death(), death(key="later")
    plain = type(plain)(plain.client_id, plain.source_kind, BUILT_IN.notifications.parse_object(body))
    keyed = type(keyed)(keyed.client_id, keyed.source_kind, BUILT_IN.notifications.parse_object(body), "later")
    first = await ledger.tell_one(plain)
    assert (await ledger.tell_one(keyed)).notification == first.notification
    assert await ledger.tell(death(key="later")) == [Refusal(Cause.OTHER_BODY)]


async def test_the_same_key_with_another_body_is_a_conflict_and_changes_nothing(ledger: Ledger) -> None:
    await ledger.tell_one(death(key="k1"))
    assert await ledger.tell(death(key="k1")) == [Refusal(Cause.OTHER_BODY)]
    assert len(await ledger.rows("SELECT FROM cases")) == 1


async def test_the_same_source_and_id_with_another_body_is_a_conflict(ledger: Ledger) -> None:
    body = event(1)
    other = event(2) | {"id": body["id"]}
    first, second = (BUILT_IN.notifications.parse_object(b) for b in (body, other))
    template = death()
    await ledger.tell_one(type(template)(template.client_id, template.source_kind, first))
    assert await ledger.tell(type(template)(template.client_id, template.source_kind, second)) == [Refusal(Cause.OTHER_BODY)]


async def test_another_client_may_use_the_same_key(ledger: Ledger) -> None:
    await ledger.tell_one(death(key="k1"))
    assert not (await ledger.tell_one(death(key="k1", client="another"))).replay


async def test_a_source_cannot_claim_a_standing_above_its_kind(ledger: Ledger) -> None:
    refused, taken = await ledger.tell(death(source_kind=SourceKind.HOSPITAL), death())
    assert refused == Refusal(Cause.STANDING)
    assert isinstance(taken, Recorded)


async def test_one_bad_item_harms_no_other_of_its_batch(ledger: Ledger) -> None:
    first = death(key="k1")
    await ledger.tell_one(first)
    answers = await ledger.tell(death(), first, death(key="k1"), death())
    assert [type(a) for a in answers] == [Recorded, Recorded, Refusal, Recorded]
    assert [a.replay for a in answers if isinstance(a, Recorded)] == [False, True, False]


async def test_versions_of_one_death_in_one_batch_make_one_case(ledger: Ledger) -> None:
    answers = await ledger.tell(death(7), death(8), death(7, minute=5), death(7, minute=2))
    recorded = [a for a in answers if isinstance(a, Recorded)]
    assert recorded[0].case_id == recorded[2].case_id == recorded[3].case_id != recorded[1].case_id
    assert [r.position for r in recorded] == [Position.NEW, Position.NEW, Position.NEWER, Position.OLDER]


async def test_a_second_teller_is_merged_and_gets_a_reference_of_their_own(ledger: Ledger) -> None:
    first = await ledger.tell_one(informal(9, client="family"))
    second = await ledger.tell_one(informal(9, client="hospital"))
    assert second.case_id == first.case_id
    assert second.merged
    assert second.reference != first.reference


async def test_what_a_later_notification_adds_is_matched_from_then_on(ledger: Ledger) -> None:
    first = await ledger.tell_one(informal(10))
    await ledger.tell_one(death(10))  # brings the registration number
    cancelled = death(10, minute=9, fact="cancelled", deceased={"names": {"family": "Otherwise"}})
    assert (await ledger.tell_one(cancelled)).case_id == first.case_id


async def test_keys_of_two_cases_are_a_task_and_never_merged(ledger: Ledger) -> None:
    by_number = await ledger.tell_one(death(11, deceased={"names": {"family": "Known"}, "dateOfDeath": {"value": "2026"}}))
    by_nino = await ledger.tell_one(informal(11))
    both = await ledger.tell_one(death(11, minute=3))
    assert both.case_id == by_number.case_id != by_nino.case_id
    assert await ledger.rows("SELECT cause FROM task") == [("keys-disagree",)]
    pair = tuple(sorted((by_number.case_id, by_nino.case_id)))
    assert await ledger.rows("SELECT case_a, case_b FROM proposed_match") == [pair]


async def test_name_dates_and_postcode_only_propose(ledger: Ledger) -> None:
    registered = death(12, deceased=informal(12).notification.data.model_dump(mode="json", by_alias=True)["deceased"] | {"nino": None})
    first, second = await ledger.tell_one(informal(12)), await ledger.tell_one(registered)
    assert first.case_id != second.case_id
    assert await ledger.rows("SELECT cause FROM task") == [("match-proposed",)]
    assert len(await ledger.rows("SELECT FROM proposed_match WHERE decision IS NULL")) == 1


async def test_after_erasure_a_repeat_is_gone(ledger: Ledger) -> None:
    arrival = death()
    told = await ledger.tell_one(arrival)
    await ledger.rows("UPDATE cases SET erased_at = now() WHERE id = %s RETURNING 1", told.case_id)
    assert await ledger.tell(arrival) == [Refusal(Cause.ERASED)]


@pytest.mark.timeout(60)
async def test_many_workers_with_the_same_and_with_crossing_keys_neither_lose_nor_double_nor_deadlock(ledger: Ledger) -> None:
    people = range(20, 40)
    arrivals = [death(n, key=f"k{n}") for n in people]
    corrections = [death(n, minute=1) for n in people]
    reports = [informal(n, client=f"teller{n % 3}") for n in people]
    crossing = [informal(n, deceased={"nino": f"AB{n:06d}C", "names": {"family": f"Planted{n}"}, "nhsNumber": "9434765919",
                "dateOfBirth": {"value": "1931-04-07"}, "dateOfDeath": {"value": "2026"}}) for n in people]  # fmt: skip
    batches = [arrivals, arrivals[::-1], corrections, reports[::-1], crossing, arrivals[::2], corrections[::-1], reports]
    answers = await asyncio.gather(*(ledger.tell(*batch) for batch in batches))

    first = {a.reference: a for a in answers[0] if isinstance(a, Recorded)}
    assert len(first) == len(arrivals)
    for recorded, again in zip(answers[0], reversed(answers[1]), strict=True):
        assert isinstance(recorded, Recorded)
        assert isinstance(again, Recorded)
        assert (recorded.notification, recorded.version) == (again.notification, again.version)
        assert recorded.replay != again.replay
    distinct = len(arrivals) + len(corrections) + len(reports) + len(crossing)
    assert await ledger.rows("SELECT count(*), count(DISTINCT notification) FROM case_version") == [(distinct, distinct)]
    assert await ledger.rows("SELECT count(*) FROM cases WHERE newest <> (SELECT count(*) FROM case_version WHERE case_id = id)") == [(0,)]


async def test_a_repeat_under_a_key_that_is_just_being_used_for_something_else_is_a_conflict_at_once(ledger: Ledger) -> None:
    body = BUILT_IN.notifications.parse_object(event(50))
    # Keys are taken in the order of their hashes: that of the event is found known before this one is waited for.
    known = ledger.blind.key("event", body.source, body.id)
    taken = next(key for key in map(str, itertools.count()) if ledger.blind.key("idempotency", key) > known)
    template = death(51, key=taken)
    await ledger.tell_one(Arrival(template.client_id, template.source_kind, body, "first"))
    other = draft_of(template, BUILT_IN, ledger.blind)
    assert isinstance(other, Draft)
    async with ledger.pool.connection() as connection:
        async with connection.transaction():
            await open_cases(connection, [other], await ledger.keys.fresh(1), datetime.now(UTC))
            again = asyncio.create_task(ledger.tell(Arrival(template.client_id, template.source_kind, body, taken)))
            await until(lambda: somebody_waits(ledger))
        assert await again == [Refusal(Cause.OTHER_BODY)]


async def somebody_waits(ledger: Ledger) -> bool:
    return bool(await ledger.rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"))
