"""One case version: who is told what, who is not and why, however often it is planned."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from hub.planning import Planned, Planner
from hub.planning.reading import OutdatedRegister
from hub.recipients import Register
from schemas import Notice, State
from tests.cases.deaths import death, informal
from tests.planning.conftest import BASE, Hub, everyone, organisation


def _lived(postcode: str | None) -> dict[str, object]:
    names = {"given": ["Ada"], "family": "Planted"}
    dates = {"dateOfBirth": {"value": "1931-04-07"}, "dateOfDeath": {"value": "2026-02-11"}}
    return {"names": names, **dates, "nino": "AB123456C", **({"usualAddress": {"postcode": postcode}} if postcode else {})}


async def test_trap_l_the_services_of_the_place_its_county_and_the_centre_are_told_and_nobody_else(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(deceased=_lived("SG1 1JG")))
    rows = await hub.rows(case)
    told = {recipient.partition(".")[0] for recipient, _ in rows}
    assert told == {"stevenage", "hertfordshire", "dwp"}
    assert len(rows) == 9
    assert all(row.state is State.QUEUED and row.notice is Notice.NOTIFIED for row in rows.values())


async def test_no_council_is_told_of_somebody_who_lived_abroad_though_the_postcode_looks_british(hub: Hub) -> None:
    lived = {**_lived(None), "usualAddress": {"postcode": "SG1 1JG", "country": "Singapore"}}
    case = await hub.tell_and_plan(death(deceased=lived))
    assert {recipient.partition(".")[0] for recipient, _ in await hub.rows(case)} == {"dwp"}
    assert {one["rule"] for one in (await hub.decisions(case)).values() if one["decision"] == "unroutable"} == {"abroad"}


async def test_a_recipient_reads_exactly_the_fields_of_its_agreement(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(deceased=_lived("SG1 1JG")))
    rows = await hub.rows(case)
    benefits, tax = rows["dwp.benefits", 1].event, rows["stevenage.council-tax", 1].event
    assert benefits is not None
    assert tax is not None
    assert benefits["data"]["deceased"].keys() == {"names", "dateOfBirth", "dateOfDeath", "nino"}
    assert tax["data"]["deceased"].keys() == {"names", "dateOfBirth", "dateOfDeath", "usualAddress"}
    assert benefits["id"] == f"msg_{rows['dwp.benefits', 1].id.hex}_1"
    assert benefits["type"] == "uk.tellusonce.bereavement.notified.v1"
    assert (benefits["source"], benefits["caseversion"], benefits["standing"]) == ("https://hub.example.org", 1, "registered")
    assert benefits["agreement"] == "dwp-benefits@1"
    assert benefits["subject"] != tax["subject"]
    assert await _fields(hub, rows["dwp.benefits", 1].id) == {*BASE, "deceased.nino"}


async def test_planning_twice_writes_nothing_twice_and_says_again_what_is_queued(hub: Hub) -> None:
    case = await hub.tell(death(deceased=_lived("SG1 1JG")))
    first = await hub.plan(case, case)
    before = await hub.run("SELECT id, message, changed_at FROM delivery ORDER BY id")
    again = await hub.plan(case)
    assert (first.cases, again.cases) == (1, 0)
    assert _ids(first) == _ids(again)
    assert await hub.run("SELECT id, message, changed_at FROM delivery ORDER BY id") == before
    assert await hub.run("SELECT count(*) FROM message") == [(9,)]
    assert await hub.run("SELECT sum(change)::int FROM tally_delta WHERE state = 1") == [(9,)]


async def test_two_planners_at_the_same_cases_plan_each_once(hub: Hub) -> None:
    cases = [await hub.tell(death()) for _ in range(6)]
    other = Planner(hub.keys, hub.blind, "https://hub.example.org")
    register = await hub.register()

    async def plan(planner: Planner, some: Sequence[UUID]) -> int:
        async with hub.pool.connection() as connection:
            return (await planner.plan_cases(connection, register, some)).cases

    counts = await asyncio.gather(plan(hub.planner, cases), plan(other, cases[::-1]))
    assert sum(counts) == 6
    assert await hub.run("SELECT count(*), count(DISTINCT case_id) FROM plan") == [(6, 6)]
    assert await hub.run("SELECT count(*) FROM delivery") == await hub.run("SELECT count(*) FROM message")
    assert await hub.run("SELECT sum(change)::int FROM tally_delta") == await hub.run("SELECT count(*) FROM delivery")


async def test_without_a_cited_power_a_delivery_is_held_until_a_register_has_it(hub: Hub) -> None:
    await hub.load(everyone(benefits={"sender": None}))
    case = await hub.tell_and_plan(death(deceased=_lived("SG1 1JG")))
    held = (await hub.rows(case))["dwp.benefits", 1]
    assert (held.state, held.reason, held.message, held.event) == (State.HELD, "no-power", 0, None)
    assert ("no-agreement", "dwp.benefits") in await hub.tasks()

    await hub.load(everyone())
    await hub.run("UPDATE cases SET plan_due = true")
    planned = await hub.plan(case)
    row = (await hub.rows(case))["dwp.benefits", 1]
    assert (row.id, row.state, row.message, row.reason) == (held.id, State.QUEUED, 1, None)
    assert row.id in _ids(planned)
    assert ("no-agreement", "dwp.benefits") not in await hub.tasks()


async def test_an_agreement_that_loses_its_power_holds_what_waits_and_a_changed_one_makes_another_message(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(deceased=_lived("SG1 1JG")))
    await hub.load(everyone(benefits={"sender": None}))
    await hub.run("UPDATE cases SET plan_due = true")
    await hub.plan(case)
    assert (await hub.rows(case))["dwp.benefits", 1].state is State.HELD

    await hub.load(everyone(benefits={"version": 2, "more": []}))
    await hub.run("UPDATE cases SET plan_due = true")
    await hub.plan(case)
    row = (await hub.rows(case))["dwp.benefits", 1]
    assert (row.state, row.message) == (State.QUEUED, 2)
    assert row.event is not None
    assert (row.event["id"][-2:], row.event["agreement"], "nino" in row.event["data"]["deceased"]) == ("_2", "dwp-benefits@2", False)


async def test_an_informal_report_is_held_and_the_registration_of_the_same_death_goes_out(hub: Hub) -> None:
    case = await hub.tell_and_plan(informal(7, deceased=_lived("SG1 1JG")))
    assert {row.reason for row in (await hub.rows(case)).values()} == {"standing"}
    assert await hub.tell_and_plan(death(7, deceased=_lived("SG1 1JG"))) == case
    rows = await hub.rows(case)
    assert {row.state for (_, version), row in rows.items() if version == 1} == {State.SUPERSEDED}
    assert {(row.state, row.notice) for (_, version), row in rows.items() if version == 2} == {(State.QUEUED, Notice.NOTIFIED)}


async def test_an_agreement_for_informal_reports_marks_them_not_to_stop_payments(hub: Hub) -> None:
    await hub.load(everyone(benefits={"standing": "informal"}))
    case = await hub.tell_and_plan(informal(8, deceased=_lived("SG1 1JG")))
    event = (await hub.rows(case))["dwp.benefits", 1].event
    assert event is not None
    assert (event["standing"], event["stoppayments"]) == ("informal", False)


async def test_a_place_without_a_service_is_visible_and_planned_again_when_it_has_one(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(deceased=_lived("L8 8EZ")))
    decisions = await hub.decisions(case)
    missing = decisions["liverpool.council-tax"]
    assert (missing["decision"], missing["rule"]) == ("unroutable", "no-recipient")
    assert ("unroutable", str(case)) in await hub.tasks()

    services = ["adult-social-care", "blue-badge", "concessionary-travel", "council-tax", "electoral-registration"]
    services += ["housing", "housing-benefit", "libraries"]
    await hub.load([*everyone(), organisation("liverpool", ["E08000012"], {service: {} for service in services})])
    assert await hub.run("SELECT plan_due FROM cases") == [(True,)]
    assert (case,) in await hub.run("SELECT case_id FROM outbox")
    await hub.plan(case)
    assert ("liverpool.council-tax", 1) in await hub.rows(case)
    assert ("unroutable", str(case)) not in await hub.tasks()


async def test_an_address_that_leads_nowhere_is_a_task_and_the_centre_is_told_all_the_same(hub: Hub) -> None:
    for number, (postcode, rule) in enumerate([(None, "no-address"), ("ZZ1 1ZZ", "unknown-postcode"), ("BT1 1AA", "northern-ireland")]):
        case = await hub.tell_and_plan(death(deceased=_lived(postcode) | {"nino": f"AB00000{number}C"}))
        decisions = await hub.decisions(case)
        assert decisions["council.council-tax"]["rule"] == rule
        assert decisions["council.council-tax"]["side"] == "lives"
        assert decisions["dwp.benefits"]["decision"] == "allowed"
        assert ("unplaced", str(case)) in await hub.tasks()


async def test_a_case_whose_key_is_destroyed_is_skipped(hub: Hub) -> None:
    case = await hub.tell(death(deceased=_lived("SG1 1JG")))
    [(key,)] = await hub.run("SELECT data_key FROM case_version")
    await hub.run("INSERT INTO erasure (case_id, data_keys) VALUES (%s, %s)", case, [key])
    await hub.keys.destroy([key])
    assert (await hub.plan(case)).cases == 0
    assert await hub.run("SELECT plan_due FROM cases") == [(False,)]
    assert await hub.rows(case) == {}


def _ids(planned: Planned) -> set[object]:
    return {id_ for _, id_, _ in planned.wakes}


async def _fields(hub: Hub, delivery: object) -> set[str]:
    (row,) = await hub.run("SELECT f.fields FROM field_set f JOIN message m ON m.fields = f.id WHERE m.delivery = %s", delivery)
    return set(row[0])


async def test_what_is_planned_long_after_it_was_told_is_written_down_for_the_clock(hub: Hub) -> None:
    prompt, slow = await hub.tell(death(31)), await hub.tell(death(32))
    await hub.run("UPDATE case_version SET recorded_at = recorded_at - interval '1 hour' WHERE case_id = %s", slow)
    await hub.plan(prompt, slow)
    expected = {row[0] for row in await hub.run("SELECT delivery FROM expected")}
    assert expected == {row.id for row in (await hub.rows(slow)).values()} != set()


async def test_a_case_of_a_kind_that_only_a_newer_register_knows_waits_for_that_register(hub: Hub) -> None:
    case = await hub.tell(death())
    await hub.run("UPDATE cases SET kind = 'leaving-care'")
    async with hub.pool.connection() as connection:
        with pytest.raises(OutdatedRegister):
            await hub.planner.plan_cases(connection, Register(()), [case])
