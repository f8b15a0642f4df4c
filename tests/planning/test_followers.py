"""What follows from one case for the others named in it: a case of their own each, kept up with the first, and held until they confirm."""

from typing import Any
from uuid import UUID

import pytest

from hub.cases import Recorded, record
from hub.tracking.related import related_to
from schemas import Notice, State
from schemas.status import Related, RelatedState
from tests.planning.conftest import Hub
from tests.planning.family import (
    BEN,
    CAL,
    SG1,
    TODAY,
    WD17,
    dead,
    member,
    move,
    newest,
    of,
    person,
    registered,
    relative,
    services,
    theirs,
    told,
    two_clients,
)

_HOW_FAR = ("telling", "waiting for confirmation")
COUNCIL = "change-of-address-council.team"


@pytest.fixture(autouse=True)
async def register(hub: Hub) -> None:
    moved = services("change-of-address", ["mover", "movedOn", "oldAddress", "newAddress"], council="duty")
    bereaved = services("family-bereavement", ["person", "relationship", "deceased"], council="duty")
    partners = services("partnership", ["person.names", "partner.names", "change", "tookPlaceOn"], council="duty")
    deaths = services("bereavement", ["deceased.names"], council="duty")
    births = services("stillbirth", ["mother.names"], council="duty")
    await hub.load([*moved, *bereaved, *partners, *deaths, *births])
    await two_clients(hub)


async def states(hub: Hub, case: UUID) -> dict[int, tuple[State, str | None]]:
    return {version: (row.state, row.reason) for (_, version), row in (await hub.rows(case)).items()}


async def test_each_member_of_a_household_is_a_subject_of_their_own_with_their_own_choices(hub: Hub) -> None:
    choice = {"recipient": COUNCIL, "tell": False}
    case = await hub.tell_and_plan(move(person("Ada"), member(BEN), member(CAL, choices=[choice])))
    ben, cal = await of(hub, case, "Ben"), await of(hub, case, "Cal")
    assert len({case, ben, cal}) == 3
    event = (await hub.rows(ben))[COUNCIL, 1].event
    assert event is not None
    assert event["data"]["mover"] == BEN
    assert event["data"]["newAddress"] == WD17
    subjects = await hub.run("SELECT DISTINCT subject FROM cases")
    assert len(subjects) == 3


async def test_nothing_is_sent_of_who_has_not_confirmed_until_the_teller_or_they_themselves_do(hub: Hub) -> None:
    ada = person("Ada", nino="AB123456C")
    case = await hub.tell_and_plan(move(ada, member(BEN, confirmed=False), member(CAL, confirmed=False), minute=1))
    ben, cal = await of(hub, case, "Ben"), await of(hub, case, "Cal")
    assert await states(hub, ben) == await states(hub, cal) == {1: (State.HELD, "not-confirmed")}
    assert (await hub.rows(case))[COUNCIL, 1].state is State.QUEUED

    await hub.tell_and_plan(move(ada, member(BEN, confirmed=True), member(CAL, confirmed=False), minute=2))
    await hub.plan(ben, cal)
    assert (await states(hub, ben))[2] == (State.QUEUED, None)
    assert await states(hub, cal) == {1: (State.HELD, "not-confirmed")}, "nothing about this one changed"
    async with hub.pool.connection() as connection:
        seen = await related_to(connection, case)
    assert sorted(seen, key=lambda one: one.state) == [Related(kind="change-of-address", state=RelatedState(state)) for state in _HOW_FAR]


async def test_who_tells_it_themselves_has_confirmed_it_and_is_not_outdone_by_what_another_says_of_them(hub: Hub) -> None:
    ben = person("Ben", "1982-01-01", nino="AB123456C")
    first = await hub.tell_and_plan(move(person("Ada"), member(ben, confirmed=False), minute=5))
    followed = await of(hub, first, "Ben")
    own = await hub.tell_and_plan(move(ben, client="ben", minute=1, newAddress=SG1, oldAddress=WD17))
    assert own == followed, "the same person, the same day"
    await hub.sent(COUNCIL)
    await hub.tell_and_plan(move(person("Ada"), member(ben, confirmed=False), minute=9, newAddress=SG1 | {"lines": ["9 Elsewhere"]}))
    await hub.plan(own)
    rows = await hub.rows(own)
    told_of = [row.event["data"]["newAddress"] for row in rows.values() if row.event and row.state is State.ACCEPTED]
    assert told_of == [SG1]
    assert not [row for row in rows.values() if row.state is State.QUEUED]


async def test_a_correction_corrects_the_same_people_and_takes_back_who_is_no_longer_named(hub: Hub) -> None:
    ada = person("Ada", nino="AB123456C")
    case = await hub.tell_and_plan(move(ada, member(BEN), member(CAL), minute=1))
    ben, cal = await of(hub, case, "Ben"), await of(hub, case, "Cal")
    await hub.sent(COUNCIL)
    new = WD17 | {"lines": ["3 Low Street"]}
    again = await hub.tell_and_plan(move(ada, member(CAL), minute=2, newAddress=new))
    assert again == case
    await hub.plan(ben, cal)
    assert len(await theirs(hub, case)) == 2
    corrected, taken_back = (await hub.rows(cal))[COUNCIL, 2], (await hub.rows(ben))[COUNCIL, 2]
    assert (corrected.notice, taken_back.notice) == (Notice.CORRECTED, Notice.CANCELLED)
    assert corrected.event is not None
    assert corrected.event["data"]["newAddress"] == new


@pytest.mark.parametrize(("fact", "notice"), [("cancelled", Notice.CANCELLED), ("retracted", Notice.RETRACTED)])
async def test_the_end_of_the_first_is_the_end_of_what_followed_from_it(hub: Hub, fact: str, notice: Notice) -> None:
    ada = person("Ada", nino="AB123456C")
    case = await hub.tell_and_plan(move(ada, member(BEN), member(CAL, confirmed=False), minute=1))
    ben, cal = await of(hub, case, "Ben"), await of(hub, case, "Cal")
    await hub.sent(COUNCIL)
    await hub.tell_and_plan(told("change-of-address", mover=ada, movedOn=TODAY.isoformat(), fact=fact, minute=2))
    await hub.plan(ben, cal)
    assert (await hub.rows(ben))[COUNCIL, 2].notice is notice
    assert await states(hub, cal) == {1: (State.CANCELLED, "not-confirmed")}, "never told, so nobody hears of its end"


async def test_planning_again_however_often_tells_nothing_again(hub: Hub) -> None:
    case = await hub.tell_and_plan(move(person("Ada"), member(BEN), member(CAL)))
    before = await hub.run("SELECT case_id, version FROM case_version ORDER BY 1, 2")
    for _ in range(3):
        await hub.run("UPDATE cases SET plan_due = true WHERE id = %s", case)
        await hub.plan(case)
    assert await hub.run("SELECT case_id, version FROM case_version ORDER BY 1, 2") == before


async def test_a_crash_between_what_follows_and_the_plan_repeats_it_and_makes_nobody_twice(hub: Hub) -> None:
    ada = person("Ada", nino="AB123456C")
    case = await hub.tell(move(ada, member(BEN), minute=1))
    async with hub.pool.connection() as connection:
        planned = await hub.planner.plan_cases(connection, await hub.register(), [case])
    assert (planned.cases, len(planned.following)) == (0, 1)
    arrivals = [saying.arrival for one in planned.following for saying in one.sayings if saying.arrival]
    await record(hub.pool, hub.keys, hub.blind, arrivals)
    await hub.plan(case)
    assert len(await theirs(hub, case)) == 1
    assert await hub.run("SELECT newest FROM cases WHERE id <> %s", case) == [(1,)]


async def test_who_was_recorded_before_a_crash_and_is_named_no_more_after_it_is_taken_back(hub: Hub) -> None:
    ada = person("Ada", nino="AB123456C")
    case = await hub.tell(move(ada, member(BEN), minute=1))
    async with hub.pool.connection() as connection:
        planned = await hub.planner.plan_cases(connection, await hub.register(), [case])
    arrivals = [saying.arrival for one in planned.following for saying in one.sayings if saying.arrival]
    (ben,) = [one.case_id for one in await record(hub.pool, hub.keys, hub.blind, arrivals) if isinstance(one, Recorded)]
    await hub.tell_and_plan(move(ada, minute=2))
    assert await hub.run("SELECT newest, fact FROM cases WHERE id = %s", ben) == [(2, 2)]


async def test_two_who_name_each_other_do_not_chase_each_other(hub: Hub) -> None:
    ada, ben = person("Ada", nino="AB123456C"), person("Ben", "1982-01-01", nino="CE123456A")
    first = await hub.tell_and_plan(move(ada, member(ben), minute=1))
    second = await hub.tell_and_plan(move(ben, member(ada), client="ben", minute=2))
    for _ in range(4):
        await hub.plan(first, second)
    assert await hub.run("SELECT count(*), count(*) FILTER (WHERE fact = 1 AND NOT plan_due) FROM cases") == [(2, 2)]
    assert max(row[0] for row in await hub.run("SELECT newest FROM cases")) <= 3


async def test_a_child_whom_two_name_is_taken_back_only_when_neither_does(hub: Hub) -> None:
    child = person("Cal", "2015-05-05", nhsNumber="9434765919")
    ada, ben = person("Ada", nino="AB123456C"), person("Ben", "1982-01-01", nino="CE123456A")
    await hub.tell_and_plan(move(ada, member(child), minute=1))
    await hub.tell_and_plan(move(ben, member(child), client="ben", minute=1))
    ((cal,),) = await hub.run("SELECT DISTINCT b.case_id FROM follower f JOIN blind_key b ON b.key = f.mark")
    await hub.tell_and_plan(move(ada, minute=3))
    assert await hub.run("SELECT fact FROM cases WHERE id = %s", cal) == [(1,)]
    await hub.tell_and_plan(move(ben, client="ben", minute=3))
    assert await hub.run("SELECT fact FROM cases WHERE id = %s", cal) == [(2,)]


async def test_for_a_widow_a_case_of_her_own_follows_from_a_death_with_no_more_of_it_than_whom_and_when(hub: Hub) -> None:
    widow, son = person("Ada", usualAddress=SG1), person("Ben")
    case = await hub.tell_and_plan(
        registered(
            "bereavement", "123456789", deceased=dead(nino="AB123456C"), relatives=[relative(widow), relative(son, "child", tell=False)]
        )
    )
    (hers,) = await theirs(hub, case)
    event = (await hub.rows(hers))["family-bereavement-council.team", 1].event
    assert event is not None
    assert event["standing"] == "registered"
    assert event["data"]["person"] == widow
    assert event["data"]["relationship"] == "spouse"
    assert event["data"]["deceased"] == {"names": dead()["names"], "dateOfDeath": {"value": "2026-02-11"}}
    assert "Ada" not in str((await hub.rows(case)).values())


async def test_each_teller_s_relatives_are_told_for_and_one_whom_both_name_once(hub: Hub) -> None:
    ada, ben = person("Ada", usualAddress=SG1), person("Ben", "1982-01-01")
    case = await hub.tell_and_plan(registered("bereavement", "123456789", deceased=dead(nino="AB123456C"), relatives=[relative(ada)]))
    again = await hub.tell_and_plan(
        told("bereavement", deceased=dead(nino="AB123456C"), relatives=[relative(ada | {"sex": "female"}), relative(ben, "child")])
    )
    assert again == case
    assert len(await theirs(hub, case)) == 2
    assert await hub.run("SELECT count(*) FROM cases WHERE kind = 'family-bereavement' AND fact = 1") == [(2,)]


async def test_what_cannot_follow_is_a_persons_task_and_the_death_is_told_all_the_same(hub: Hub) -> None:
    unknown = {"dateOfDeath": "Dead body found"}
    case = await hub.tell_and_plan(
        registered("bereavement", "123456789", deceased=person("Eve"), freeText=unknown, relatives=[relative(person("Ada"))])
    )
    assert ("not-followed", str(case)) in await hub.tasks()
    assert (await hub.rows(case))["bereavement-council.team", 1].state is State.QUEUED
    await hub.tell_and_plan(registered("bereavement", "123456789", minute=1, deceased=dead(), relatives=[relative(person("Ada"))]))
    assert ("not-followed", str(case)) not in await hub.tasks()
    assert len(await theirs(hub, case)) == 1


async def test_father_and_son_of_one_name_are_two_and_keep_their_cases_in_any_order(hub: Hub) -> None:
    ada, old, young = person("Ada", nino="AB123456C"), person("Tom", "1950-01-01"), person("Tom", "1990-01-01")
    case = await hub.tell_and_plan(move(ada, member(old), member(young), minute=1))
    before = set(await theirs(hub, case))
    await hub.tell_and_plan(move(ada, member(young), member(old), minute=2))
    assert set(await theirs(hub, case)) == before
    assert len(before) == 2
    assert {await newest(hub, one) for one in before} == {1}
    await hub.tell_and_plan(move(ada, member(young), minute=3))
    assert sorted([row[0] for row in await hub.run("SELECT fact FROM cases WHERE id = ANY(%s)", list(before))]) == [1, 2]


async def test_a_partner_s_case_follows_where_the_teller_chose_so(hub: Hub) -> None:
    ada, ben = person("Ada"), person("Ben")
    wed: dict[str, Any] = {"change": "marriage", "tookPlaceOn": "2026-02-01", "person": ada, "partner": ben}
    assert not await theirs(hub, await hub.tell_and_plan(registered("partnership", "777", **wed)))
    case = await hub.tell_and_plan(registered("partnership", "777", minute=1, tellForPartner=True, **wed))
    (his,) = await theirs(hub, case)
    event = (await hub.rows(his))["partnership-council.team", 1].event
    assert event is not None
    assert event["data"] == {
        "standing": "registered", "fact": "asserted", "change": "marriage", "tookPlaceOn": "2026-02-01",
        "person": {"names": ben["names"]}, "partner": {"names": ada["names"]},
    }  # fmt: skip


async def test_after_a_stillbirth_those_who_are_to_be_told_for_are(hub: Hub) -> None:
    grandmother = person("Eve", "1950-01-01")
    child = {"dateOfStillbirth": {"value": "2026-02-01"}}
    case = await hub.tell_and_plan(
        registered("stillbirth", "55", mother=person("Ada"), child=child, relatives=[relative(grandmother, "parent")])
    )
    (hers,) = await theirs(hub, case)
    event = (await hub.rows(hers))["family-bereavement-council.team", 1].event
    assert event is not None
    assert event["data"]["deceased"] == {"dateOfDeath": {"value": "2026-02-01"}}


async def test_it_counts_as_much_as_what_the_first_teller_said(hub: Hub) -> None:
    await hub.tell_and_plan(told("bereavement", deceased=dead(), relatives=[relative(person("Ada"))]))
    rows = await hub.run(
        "SELECT v.client, client.source_kind, v.standing FROM case_version v JOIN client ON client.id = v.client"
        " JOIN cases ON cases.id = v.case_id WHERE cases.kind = 'family-bereavement'"
    )
    assert rows == [("hub:citizen", "citizen", 1)]
