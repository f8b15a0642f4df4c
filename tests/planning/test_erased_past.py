"""A case that is told of anew while it is being erased: what was told before goes, what is new stays and is told."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

import pytest

from hub.cases import Arrival, Cause, Position, Recorded, Refusal, merge, record
from hub.privacy import Erasure, erase, finish_erasures
from hub.tracking import find_reference
from schemas import State
from tests.cases.deaths import death, informal
from tests.planning.conftest import Hub, everyone
from tests.waiting import until

BENEFITS = "dwp.benefits"


@pytest.fixture(autouse=True)
def no_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.privacy.erasure.KEY_CACHE_SECONDS", 0.0)


async def retention(topics: Collection[str]) -> Mapping[str, timedelta]:
    return dict.fromkeys(topics, timedelta(days=14))


def ada(**more: Any) -> dict[str, Any]:
    who = {"names": {"given": ["Ada"], "family": "Planted"}, "dateOfBirth": {"value": "1931-04-07"}, "nino": "AB123456C"}
    return who | {"dateOfDeath": {"value": "2026-02-11"}, "usualAddress": {"postcode": "SG1 1JG"}} | more


async def told(hub: Hub, arrival: Arrival) -> Recorded:
    (answer,) = await record(hub.pool, hub.keys, hub.blind, [arrival])
    assert isinstance(answer, Recorded)
    return answer


async def marked(hub: Hub) -> bool:
    return bool(await hub.run("SELECT id FROM cases WHERE erased_at IS NOT NULL"))


async def readable(hub: Hub, case: object) -> dict[int, bool]:
    rows = await hub.run("SELECT version, data_key FROM case_version WHERE case_id = %s ORDER BY version", case)
    keys = await hub.keys.get([key for _, key in rows])
    return {version: key in keys for version, key in rows}


class Race:
    """An erasure that waits for one delivery in flight, and somebody who tells of the case meanwhile."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.first = death(1, deceased=ada(maidenName="Formerly"))
        self.second = death(1, client="another", minute=5, deceased=ada())

    async def begin(self) -> None:
        await self.hub.load(everyone(benefits={"more": ["deceased.nino", "deceased.maidenName"]}))
        self.before = await told(self.hub, self.first)
        await self.hub.plan(self.before.case_id)
        await self.hub.sent(BENEFITS, State.SENDING)
        self.erasing = asyncio.create_task(erase(self.hub.pool, self.hub.keys, self.before.reference, retention))
        await until(lambda: marked(self.hub))
        self.anew = await told(self.hub, self.second)

    async def end(self) -> Erasure:
        await self.hub.run("UPDATE delivery SET state = 10, told = true WHERE state = 2")
        done = await self.erasing
        assert done is not None
        return done


async def test_what_is_told_between_the_mark_and_the_destruction_stays_and_is_told(hub: Hub) -> None:
    race = Race(hub)
    await race.begin()
    case = race.before.case_id
    assert (race.anew.case_id, race.anew.position) == (case, Position.NEWER)
    assert await hub.run("SELECT version FROM outbox") == [(2,)], "the erasure keeps from the relay what was told before it, alone"
    await hub.plan(case)
    done = await race.end()
    assert done.destroyed_at is not None
    assert await readable(hub, case) == {1: False, 2: True}
    rows = await hub.rows(case)
    assert rows[BENEFITS, 1].state is State.ACCEPTED
    assert {row.state for (_, version), row in rows.items() if version == 1} == {State.ACCEPTED, State.CANCELLED}
    assert {row.state for (_, version), row in rows.items() if version == 2} == {State.QUEUED}
    event = rows[BENEFITS, 2].event
    assert event is not None
    assert "maidenName" not in event["data"]["deceased"], "nothing new rests on what is being erased"


async def test_what_says_nothing_new_is_new_all_the_same_where_the_rest_is_being_erased(hub: Hub) -> None:
    race = Race(hub)
    race.second = informal(1, client="another", deceased=ada(maidenName="Formerly"))
    await race.begin()
    assert race.anew.position is Position.NEWER
    await race.end()
    assert await readable(hub, race.anew.case_id) == {1: False, 2: True}
    assert await hub.run("SELECT erased_at, plan_due FROM cases") == [(None, True)]


async def test_an_erasure_cut_short_takes_up_its_own_list_and_not_what_was_told_since(hub: Hub) -> None:
    race = Race(hub)
    await race.begin()
    race.erasing.cancel()
    await asyncio.gather(race.erasing, return_exceptions=True)
    await hub.run("UPDATE delivery SET state = 10, told = true WHERE state = 2")
    assert await finish_erasures(hub.pool, hub.keys, retention) == 1
    assert await readable(hub, race.anew.case_id) == {1: False, 2: True}
    assert not await marked(hub)


async def test_repeats_and_references_tell_what_is_erased_from_what_is_new(hub: Hub) -> None:
    race = Race(hub)
    await race.begin()
    for _ in range(2):
        assert await record(hub.pool, hub.keys, hub.blind, [race.first]) == [Refusal(Cause.ERASED)]
        (again,) = await record(hub.pool, hub.keys, hub.blind, [race.second])
        assert isinstance(again, Recorded)
        assert again.replay
        if not race.erasing.done():
            await race.end()
    async with hub.pool.connection() as connection:
        before, anew = [await find_reference(connection, one.reference) for one in (race.before, race.anew)]
    assert before is not None
    assert anew is not None
    assert before.erased_at is not None
    assert (anew.erased_at, anew.erased_before) == (None, before.erased_at)


async def test_what_was_told_anew_can_be_erased_too(hub: Hub) -> None:
    race = Race(hub)
    await race.begin()
    await hub.plan(race.anew.case_id)
    first = await race.end()
    again = await erase(hub.pool, hub.keys, race.anew.reference, retention)
    assert again is not None
    assert again.keys == first.keys + 1
    assert await readable(hub, race.anew.case_id) == {1: False, 2: False}
    assert {row.state for (_, version), row in (await hub.rows(race.anew.case_id)).items() if version == 2} == {State.CANCELLED}
    async with hub.pool.connection() as connection:
        found = await find_reference(connection, race.anew.reference)
    assert found is not None
    assert found.erased_at is not None


async def test_a_case_with_an_erased_past_can_become_part_of_another(hub: Hub) -> None:
    race = Race(hub)
    await race.begin()
    await race.end()
    other = await hub.tell(death(2, deceased=ada(nino="AB000002C")))
    assert await merge(hub.pool, hub.keys, other, race.anew.case_id, "registrar") == 2
    assert await readable(hub, other) == {1: True, 2: True}


async def test_the_end_of_a_fact_carries_nothing_of_what_is_being_erased(hub: Hub) -> None:
    race = Race(hub)
    race.second = death(1, client="another", minute=5, fact="retracted", deceased={"names": {"family": "Planted"}})
    await race.begin()
    await hub.plan(race.anew.case_id)
    assert (await hub.decisions(race.anew.case_id))[BENEFITS]["rule"] == "erased"
    assert (BENEFITS, 2) not in await hub.rows(race.anew.case_id)
    await race.end()
