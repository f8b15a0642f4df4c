"""A merge undone in the ledger: whose each version, key and reference is then, whatever came in between."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import pytest

from hub.cases import Cause, MergeRefused, Parted, Recorded, Refusal, merge, proposals, undo
from hub.privacy import erase
from tests.cases.conftest import Ledger
from tests.cases.deaths import death, informal

VERSIONS = "SELECT version, client, parted FROM case_version WHERE case_id = %s ORDER BY version"
LIVE = "SELECT client FROM case_version WHERE case_id = %s AND NOT parted ORDER BY version"


async def two(ledger: Ledger, first: int = 50, second: int = 51) -> tuple[Recorded, Recorded]:
    """Two cases, told by a registrar and by a family."""
    return await ledger.tell_one(death(first)), await ledger.tell_one(informal(second))


async def tellers(ledger: Ledger, case: UUID) -> list[str]:
    return [client for (client,) in await ledger.rows(LIVE, case)]


async def test_each_has_its_own_again_and_nothing_of_the_other_and_nothing_is_deleted(ledger: Ledger) -> None:
    one, other = await two(ledger)
    await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    parted = await undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    assert parted == Parted(one.case_id, 3, other.case_id, 2)
    assert await ledger.rows(VERSIONS, one.case_id) == [(1, "registrar", False), (2, "family", True), (3, "registrar", False)]
    assert await ledger.rows(VERSIONS, other.case_id) == [(1, "family", False), (2, "family", False)]
    standing = "SELECT standing, effective, plan_due, merged_into FROM cases WHERE id = %s"
    assert await ledger.rows(standing, one.case_id) == [(3, 3, True, None)]
    assert await ledger.rows(standing, other.case_id) == [(1, 2, True, None)]


async def test_what_was_told_since_goes_with_the_case_whose_marks_it_carries_with_its_keys_and_reference(ledger: Ledger) -> None:
    one, other = await two(ledger)
    await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    again = await ledger.tell_one(informal(51, minute=5, deceased=details(51, nhsNumber="9434765919")))
    assert (again.case_id, again.reference) == (one.case_id, other.reference)
    hospital = informal(51, client="hospital", minute=6)
    second = await ledger.tell_one(hospital)
    await ledger.tell_one(death(50, client="register", minute=7))
    await undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")

    assert await tellers(ledger, one.case_id) == ["registrar", "register"]
    assert await tellers(ledger, other.case_id) == ["family", "family", "hospital"]
    by_new_key = informal(0, minute=9, deceased=details(51, nhsNumber="9434765919", nino=None))
    assert (await ledger.tell_one(by_new_key)).case_id == other.case_id
    assert (await ledger.tell_one(death(50, minute=9))).case_id == one.case_id
    repeated = await ledger.tell_one(hospital)
    assert (repeated.replay, repeated.reference, repeated.case_id) == (True, second.reference, other.case_id)


async def test_marks_of_both_sides_are_settled_by_whom_the_teller_told_of_before(ledger: Ledger) -> None:
    one = await ledger.tell_one(informal(52, client="hospital", deceased=details(52, nhsNumber="9434765919")))
    other = await ledger.tell_one(informal(53))
    await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    both = details(52, nhsNumber="9434765919") | {"nino": "AB000053C", "names": {"family": "Planted53", "given": ["Ada"]}}
    await ledger.tell_one(informal(0, client="family", minute=5, deceased=both))
    await ledger.tell_one(informal(0, client="hospital", minute=6, deceased=both))
    await undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    assert set(await tellers(ledger, one.case_id)) == {"hospital"}
    assert set(await tellers(ledger, other.case_id)) == {"family"}


async def test_the_pair_is_kept_apart_and_may_still_be_merged_again_and_parted_again(ledger: Ledger) -> None:
    one, other = await two(ledger)
    for _ in range(2):
        await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
        await ledger.tell_one(informal(51, minute=5))
        await undo(ledger.pool, ledger.keys, other.case_id, one.case_id, "clerk")
        assert {proposal.decision for proposal in await proposals(ledger.pool, undecided=False)} == {"kept-apart"}
    assert set(await tellers(ledger, one.case_id)) == {"registrar"}
    assert set(await tellers(ledger, other.case_id)) == {"family"}
    assert await ledger.rows("SELECT count(*), count(undone_at) FROM merge") == [(2, 2)]


async def test_a_merge_is_undone_once(ledger: Ledger) -> None:
    one, other = await two(ledger)
    with pytest.raises(MergeRefused, match="two cases already"):
        await undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    both = [undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk") for _ in range(2)]
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(isinstance(answer, MergeRefused) for answer in answers) == [False, True]


async def test_what_is_erased_is_not_parted(ledger: Ledger) -> None:
    one, other = await two(ledger)
    await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    await ledger.rows("UPDATE cases SET erased_at = now() RETURNING 1")
    with pytest.raises(MergeRefused, match="erased"):
        await undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")


async def test_erasing_the_one_later_takes_every_copy_of_it_and_nothing_the_other_says(ledger: Ledger) -> None:
    one, other = await two(ledger)
    await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    await ledger.tell_one(death(50, minute=5))
    await undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    assert await erase(ledger.pool, ledger.keys, other.reference, nowhere)
    keys = await ledger.rows("SELECT data_key, case_id, parted FROM case_version")
    left = await ledger.keys.get({key for key, _, _ in keys})
    assert {key for key, case, parted in keys if case == other.case_id or parted}.isdisjoint(left)
    assert {(case, parted) for key, case, parted in keys if key in left} == {(one.case_id, False)}
    assert len(left) == 2
    assert await ledger.rows("SELECT erased_at IS NULL FROM cases WHERE id = %s", one.case_id) == [(True,)]


async def nowhere(topics: Collection[str]) -> dict[str, timedelta]:
    return {}


async def test_two_named_that_are_both_part_of_a_third_are_refused_and_told_where_to_look(ledger: Ledger) -> None:
    one, other = await two(ledger)
    third = await ledger.tell_one(death(54))
    for part in (other, third):
        await merge(ledger.pool, ledger.keys, one.case_id, part.case_id, "clerk")
    with pytest.raises(MergeRefused, match="tuo cases show"):
        await undo(ledger.pool, ledger.keys, other.case_id, third.case_id, "clerk")


@pytest.mark.parametrize("named", ["survivor", "once"])
async def test_a_case_that_was_merged_twice_over_leaves_both(ledger: Ledger, named: str) -> None:
    once, leaving = await two(ledger)
    survivor = await ledger.tell_one(death(54))
    await merge(ledger.pool, ledger.keys, once.case_id, leaving.case_id, "clerk")
    await ledger.tell_one(informal(51, client="hospital", minute=2))
    await merge(ledger.pool, ledger.keys, survivor.case_id, once.case_id, "clerk")
    await ledger.tell_one(informal(51, client="neighbour", minute=3))
    await undo(ledger.pool, ledger.keys, {"survivor": survivor, "once": once}[named].case_id, leaving.case_id, "clerk")
    assert await tellers(ledger, leaving.case_id) == ["family", "hospital", "neighbour"]
    assert set(await tellers(ledger, survivor.case_id)) == {"registrar"}
    assert set(await tellers(ledger, once.case_id)) == {"registrar"}
    assert await ledger.rows("SELECT merged_into FROM cases WHERE id = %s", once.case_id) == [(survivor.case_id,)]


async def test_a_part_takes_its_own_parts_with_it(ledger: Ledger) -> None:
    part, inner = await two(ledger)
    survivor = await ledger.tell_one(death(54))
    await merge(ledger.pool, ledger.keys, part.case_id, inner.case_id, "clerk")
    await merge(ledger.pool, ledger.keys, survivor.case_id, part.case_id, "clerk")
    await ledger.tell_one(informal(51, client="hospital", minute=2))
    await undo(ledger.pool, ledger.keys, survivor.case_id, part.case_id, "clerk")
    assert await ledger.rows("SELECT merged_into FROM cases WHERE id = %s", inner.case_id) == [(part.case_id,)]
    assert await tellers(ledger, part.case_id) == ["registrar", "family", "hospital"]
    await undo(ledger.pool, ledger.keys, part.case_id, inner.case_id, "clerk")
    assert await tellers(ledger, inner.case_id) == ["family", "hospital"]
    assert set(await tellers(ledger, survivor.case_id)) == set(await tellers(ledger, part.case_id)) == {"registrar"}


async def test_who_tells_while_a_merge_is_undone_is_heard_in_the_right_case(ledger: Ledger) -> None:
    one, other = await two(ledger)
    for minute in range(5):
        await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
        told = [informal(51, client=f"teller{minute}{n}", minute=10 + minute) for n in range(6)]
        await asyncio.gather(
            undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk"), *(ledger.tell_one(arrival) for arrival in told)
        )
        heard = await tellers(ledger, other.case_id)
        assert {arrival.client_id for arrival in told} <= set(heard)
        assert set(await tellers(ledger, one.case_id)) == {"registrar"}


def details(number: int, **more: object) -> dict[str, object]:
    deceased: dict[str, object] = informal(number).notification.data.model_dump(mode="json", by_alias=True, exclude_none=True)["deceased"]
    return {name: value for name, value in (deceased | more).items() if value is not None}


async def test_a_repeat_of_what_was_erased_after_it_was_parted_is_gone(ledger: Ledger) -> None:
    one, other = await two(ledger)
    await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    since = informal(51, client="hospital", minute=6)
    await ledger.tell_one(since)
    await undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    await ledger.rows("UPDATE cases SET erased_at = now() WHERE id = %s RETURNING 1", other.case_id)
    assert await ledger.tell(since) == [Refusal(Cause.ERASED)]
    assert not (await ledger.tell_one(death(50, minute=9))).replay
