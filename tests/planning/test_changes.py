"""Newer versions: everyone told hears of it, as a correction, a withdrawal or the end of the fact; nobody else hears of an end."""

from typing import Any

import pytest

from hub.cases import merge
from hub.delivery import redrive
from hub.tasks import Cause, TaskDraft, open_tasks
from schemas import Notice, SourceKind, State
from tests.cases.deaths import death
from tests.planning.conftest import Hub, everyone, organisation


def _who(postcode: str | None = "SG1 1JG", **more: Any) -> dict[str, Any]:
    who = {
        "names": {"given": ["Ada"], "family": "Planted"},
        "dateOfBirth": {"value": "1931-04-07"},
        "dateOfDeath": {"value": "2026-02-11"},
        "nino": "AB123456C",
    }
    return who | ({"usualAddress": {"postcode": postcode}} if postcode else {}) | more


async def test_who_was_told_reads_a_correction_and_who_was_not_reads_it_as_new(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent("dwp.benefits")
    await hub.tell_and_plan(death(1, minute=5, deceased=_who(dateOfDeath={"value": "2026-02-12"})))
    rows = await hub.rows(case)
    corrected, late = rows["dwp.benefits", 2], rows["stevenage.council-tax", 2]
    assert (corrected.notice, late.notice) == (Notice.CORRECTED, Notice.NOTIFIED)
    assert rows["dwp.benefits", 1].state is State.ACCEPTED
    assert rows["stevenage.council-tax", 1].state is State.SUPERSEDED
    assert corrected.event is not None
    assert corrected.event["data"]["deceased"]["dateOfDeath"] == {"value": "2026-02-12"}
    assert corrected.event["type"].endswith(".corrected.v1")


async def test_who_has_all_of_a_newer_version_already_hears_nothing_and_who_may_not_have_it_hears_it_again(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent("stevenage.council-tax")
    await hub.sent("stevenage.housing")
    await hub.run("UPDATE delivery d SET state = 1 FROM lane WHERE lane.id = d.lane AND recipient = 'stevenage.housing'")
    await hub.sent("dwp.benefits")
    # The same at a later time, but for a number that only one of them may read.
    await hub.tell_and_plan(death(1, client="register", minute=5, deceased=_who(nino="AB123456D")))
    rows = await hub.rows(case)
    assert ("stevenage.council-tax", 2) not in rows
    assert (await hub.decisions(case))["stevenage.council-tax"]["rule"] == "told-already"
    assert rows["stevenage.council-tax", 1].state is State.ACCEPTED
    assert rows["stevenage.housing", 2].notice is Notice.CORRECTED
    assert rows["dwp.benefits", 2].notice is Notice.CORRECTED


async def test_a_newer_version_settles_what_an_older_one_asked_of_people(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent("dwp.benefits", State.FAILED)
    await hub.sent("stevenage.council-tax", State.NEEDS_INFORMATION)
    rows = await hub.rows(case)
    failed, asking = rows["dwp.benefits", 1].id, rows["stevenage.council-tax", 1].id
    async with hub.pool.connection() as connection:
        await open_tasks(connection, [TaskDraft(Cause.FAILED, str(failed), case), TaskDraft(Cause.NEEDS_INFORMATION, str(asking), case)])
    await hub.tell_and_plan(death(1, minute=5, deceased=_who(dateOfDeath={"value": "2026-02-12"})))
    assert await hub.tasks() == set()


async def test_a_first_plan_settles_that_planning_failed(hub: Hub) -> None:
    case = await hub.tell(death(1, deceased=_who()))
    async with hub.pool.connection() as connection:
        await open_tasks(connection, [TaskDraft(Cause.PLAN_FAILED, str(case), case)])
    await hub.plan(case)
    assert await hub.tasks() == set()


async def test_a_corrected_address_withdraws_from_the_old_council_only_what_it_had(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    for recipient in ("stevenage.council-tax", "hertfordshire.libraries"):
        await hub.sent(recipient)
    await hub.tell_and_plan(death(1, minute=5, deceased=_who("WD17 1XL", names={"given": ["Eve"], "family": "Planted"})))
    rows = await hub.rows(case)
    withdrawn = rows["stevenage.council-tax", 2]
    assert (withdrawn.notice, withdrawn.state) == (Notice.WITHDRAWN, State.QUEUED)
    assert withdrawn.event is not None
    assert withdrawn.event["data"]["deceased"]["names"] == {"given": ["Ada"], "family": "Planted"}
    assert "usualAddress" not in withdrawn.event["data"]["deceased"]
    assert ("stevenage.housing", 2) not in rows
    assert rows["stevenage.housing", 1].state is State.SUPERSEDED
    assert rows["watford.council-tax", 2].notice is Notice.NOTIFIED
    assert rows["hertfordshire.libraries", 2].notice is Notice.CORRECTED

    await hub.sent("stevenage.council-tax")
    await hub.tell_and_plan(death(1, minute=6, deceased=_who("WD17 1XL", sex="female")))
    assert ("stevenage.council-tax", 3) not in await hub.rows(case)


async def test_an_address_no_longer_known_takes_nothing_back(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent("stevenage.council-tax")
    await hub.tell_and_plan(death(1, minute=5, deceased=_who(None)))
    assert (await hub.rows(case))["stevenage.council-tax", 2].notice is Notice.CORRECTED


@pytest.mark.parametrize(("fact", "notice"), [("cancelled", Notice.CANCELLED), ("retracted", Notice.RETRACTED)])
async def test_the_end_of_a_fact_goes_to_everyone_told_or_in_flight_and_to_nobody_else(hub: Hub, fact: str, notice: Notice) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent("dwp.benefits")
    await hub.sent("stevenage.housing", State.SENDING)
    planned_case = await hub.tell(death(1, minute=5, fact=fact, deceased={"names": _who()["names"]}))
    assert planned_case == case
    planned = await hub.plan(case)
    rows = await hub.rows(case)
    ends = {recipient: row for (recipient, version), row in rows.items() if version == 2}
    assert ends.keys() == {"dwp.benefits", "stevenage.housing"}
    assert {(row.notice, row.priority) for row in ends.values()} == {(notice, notice.priority)}
    assert {priority for _, _, priority in planned.wakes} == {notice.priority}
    event = ends["dwp.benefits"].event
    assert event is not None
    assert event["data"]["fact"] == fact
    assert event["data"]["deceased"].keys() == {"names", "dateOfBirth", "dateOfDeath"}
    begun = {recipient for (recipient, version), row in rows.items() if version == 1 and row.state in (State.ACCEPTED, State.SENDING)}
    assert begun == ends.keys()
    assert (("breach-assessment", f"{case} 2") in await hub.tasks()) is (fact == "retracted")


async def test_an_end_goes_out_though_the_agreement_has_ended_since(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent("dwp.benefits")
    await hub.load(everyone(benefits={"ends": "2020-01-01", "starts": "2019-01-01"}))
    await hub.tell_and_plan(death(1, minute=5, fact="cancelled", deceased=_who()))
    end = (await hub.rows(case))["dwp.benefits", 2]
    assert (end.state, end.notice) == (State.QUEUED, Notice.CANCELLED)


async def test_who_told_the_hub_hears_only_what_it_did_not_say(hub: Hub) -> None:
    await _client(hub, "dwp", "dwp.benefits")
    said = death(3, client="dwp", source_kind=SourceKind.REGISTER, deceased=_who())
    case = await hub.tell_and_plan(said)
    assert ("dwp.benefits", 1) not in await hub.rows(case)
    assert (await hub.decisions(case))["dwp.benefits"]["rule"] == "nothing-new"

    await hub.tell_and_plan(death(3, minute=5, deceased=_who(dateOfDeath={"value": "2026-02-12"})))
    event = (await hub.rows(case))["dwp.benefits", 2].event
    assert event is not None
    assert event["data"] == {"standing": "registered", "fact": "asserted", "deceased": {"dateOfDeath": {"value": "2026-02-12"}}}
    assert (event["originsource"], event["originid"]) == (said.notification.source, said.notification.id)

    await hub.sent("dwp.benefits")
    await hub.tell_and_plan(death(3, minute=6, deceased=_who()))
    back = (await hub.rows(case))["dwp.benefits", 3].event
    assert back is not None
    assert back["data"]["deceased"] == {"dateOfDeath": {"value": "2026-02-11"}}


async def test_after_a_merge_who_was_told_is_corrected_under_the_subject_it_knows(hub: Hub) -> None:
    first = await hub.tell_and_plan(death(4, minute=5, deceased=_who(nino="AB000004C")))
    other = await hub.tell_and_plan(death(5, deceased=_who(nino="AB000005C")))
    await hub.run("UPDATE delivery SET state = 10, told = true WHERE case_id = %s", other)
    told = (await hub.rows(other))["dwp.benefits", 1]
    known = told.event
    await merge(hub.pool, hub.keys, first, other, "registrar")
    await hub.plan(first)
    row = (await hub.rows(first))["dwp.benefits", 2]
    assert row.notice is Notice.CORRECTED
    assert row.event is not None
    assert known is not None
    assert row.event["subject"] == known["subject"] != row.event["alias"]
    # By these the engine sends nothing newer of a subject while something older of it is on the wire.
    assert len(await hub.run("SELECT DISTINCT lane, subject FROM delivery WHERE id = ANY(%s)", [told.id, row.id])) == 1


async def test_what_failed_under_an_older_version_is_overtaken_and_not_put_back(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent("dwp.benefits", State.FAILED)
    await hub.tell_and_plan(death(1, minute=5, deceased=_who(sex="female")))
    assert (await hub.rows(case))["dwp.benefits", 1].state is State.SUPERSEDED
    async with hub.pool.connection() as connection:
        assert await redrive(connection) == []


async def test_a_recipient_that_left_the_register_is_still_told_that_it_is_over(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent("dwp.benefits")
    await hub.load([*everyone()[:3], organisation("other", "everywhere", {"benefits": {}})])
    await hub.tell_and_plan(death(1, minute=5, deceased=_who(sex="female")))
    assert (await hub.rows(case))["dwp.benefits", 2].notice is Notice.WITHDRAWN


async def _client(hub: Hub, client: str, recipient: str) -> None:
    await hub.run(
        "INSERT INTO client (id, name, source_kind, recipient, key_hash) VALUES (%s, %s, 'department', %s, %s)",
        client,
        client,
        recipient,
        client.encode(),
    )
