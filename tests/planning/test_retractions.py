""" "Not dead": what it asks of people, whom it names, and by which way it goes."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from hub.recipients import Contact, Controller, Register, load
from hub.tracking import Noted, acknowledge
from schemas import Acknowledgement, Answer, Notice, State, message_id
from tests.cases.deaths import death, informal
from tests.planning.conftest import BASE, Hub, Row, everyone, with_urgent_way

BENEFITS, TAX = "dwp.benefits", "stevenage.council-tax"
_SAMPLE = {"name": "Jo Sample", "telephone": "01632 960001", "email": "jo@hub.example.org"}
CONTROLLER = Controller(
    name="A hub",
    address=("1 Sample Street",),
    data_protection_officer=Contact.model_validate(_SAMPLE),
    ico_registration="ZA000000",
    contact=Contact.model_validate(_SAMPLE),
)
BREACH, PUT_RIGHT = "breach-assessment", "told-not-so"


async def _open(hub: Hub, cause: str) -> list[dict[str, Any]]:
    rows = await hub.run(
        "SELECT recipient, delivery, about, evidence, owner, due_at, opened_at FROM task WHERE cause = %s AND closed_at IS NULL"
        " ORDER BY recipient",
        cause,
    )
    names = ("recipient", "delivery", "about", "evidence", "owner", "due_at", "opened_at")
    return [dict(zip(names, row, strict=True)) for row in rows]


async def _retracted(hub: Hub, *told: str) -> dict[str, Row]:
    """A death of which these were told, and that is not so; the retractions by recipient."""
    case = await hub.tell_and_plan(death(1))
    for recipient in told:
        await hub.sent(recipient)
    await hub.tell_and_plan(death(1, minute=5, fact="retracted"))
    return {recipient: row for (recipient, version), row in (await hub.rows(case)).items() if version == 2}


async def _answers(hub: Hub, row: Row, answer: Answer) -> None:
    why = {"reason": "Nobody here can find that person."} if answer is Answer.REJECTED else {}
    async with hub.pool.connection() as connection:
        said = Acknowledgement.model_validate({"answer": answer, **why})
        assert isinstance(await acknowledge(connection, hub.keys, message_id(row.id, 1), row.recipient, said, "http"), Noted)


async def test_each_recipient_told_is_a_task_until_it_says_that_it_put_it_right(hub: Hub) -> None:
    rows = await _retracted(hub, BENEFITS, TAX)
    tasks = await _open(hub, PUT_RIGHT)
    assert [(task["recipient"], task["delivery"], task["owner"]) for task in tasks] == [
        (recipient, rows[recipient].id, "partner-desk") for recipient in (BENEFITS, TAX)
    ]
    assert all(task["due_at"] - task["opened_at"] <= timedelta(hours=4, seconds=5) for task in tasks)
    for recipient in rows:
        await hub.sent(recipient)
    await _answers(hub, rows[TAX], Answer.ACCEPTED)
    await _answers(hub, rows[TAX], Answer.REJECTED)
    assert [task["recipient"] for task in await _open(hub, PUT_RIGHT)] == [BENEFITS, TAX]
    await _answers(hub, rows[TAX], Answer.APPLIED)
    await _answers(hub, rows[BENEFITS], Answer.NO_RECORD)
    assert await _open(hub, PUT_RIGHT) == []


async def test_the_assessment_of_the_breach_is_due_72_hours_after_the_hub_learnt_of_it_and_says_who_was_told_what_since_when(
    hub: Hub,
) -> None:
    await _retracted(hub, BENEFITS, TAX)
    [(learnt,)] = await hub.run("SELECT recorded_at FROM case_version WHERE fact = 3")
    [task] = await _open(hub, BREACH)
    assert task["due_at"] == learnt + timedelta(hours=72)
    since = dict(await hub.run("SELECT lane.recipient, first_attempt_at FROM delivery d JOIN lane ON lane.id = d.lane WHERE told"))
    assert task["evidence"] == {
        "recipients": [BENEFITS, TAX],
        "fields": {BENEFITS: sorted([*BASE, "deceased.nino"]), TAX: sorted([*BASE, "deceased.usualAddress"])},
        "since": {recipient: at.isoformat() for recipient, at in since.items()},
    }
    assert b"Planted" not in orjson.dumps(task["evidence"])


async def test_what_a_person_closed_is_not_opened_again_by_another_plan_of_the_same(hub: Hub) -> None:
    await _retracted(hub, BENEFITS)
    await hub.run("UPDATE task SET closed_at = now(), closed_by = 'jo'")
    await hub.run("UPDATE cases SET plan_due = true")
    [(case,)] = await hub.run("SELECT id FROM cases")
    await hub.plan(case)
    assert await hub.tasks() == set()


async def test_where_nobody_had_been_told_nothing_is_asked_of_anybody(hub: Hub) -> None:
    assert await _retracted(hub) == {}
    assert not {cause for cause, _ in await hub.tasks()} & {BREACH, PUT_RIGHT}


async def test_if_it_is_so_after_all_nobody_needs_to_put_it_right(hub: Hub) -> None:
    await _retracted(hub, BENEFITS)
    await hub.sent(BENEFITS)
    await hub.tell_and_plan(death(1, minute=9))
    assert await _open(hub, PUT_RIGHT) == []


async def test_the_same_retraction_from_somebody_else_is_no_news_to_who_has_it(hub: Hub) -> None:
    await _retracted(hub, BENEFITS)
    await hub.sent(BENEFITS)
    await hub.run("UPDATE task SET closed_at = now(), closed_by = 'jo'")
    await hub.tell_and_plan(death(1, client="register", minute=9, fact="retracted"))
    assert await hub.run("SELECT max(version) FROM delivery") == [(2,)]
    assert not {cause for cause, _ in await hub.tasks()} & {BREACH, PUT_RIGHT}


async def test_a_retraction_names_one_person_to_speak_to_and_no_other_notice_does(hub: Hub) -> None:
    async with hub.pool.connection() as connection:
        await load(connection, Register(tuple(everyone()), controller=CONTROLLER))
    event = (await _retracted(hub, BENEFITS))[BENEFITS].event
    assert event is not None
    said = {"contactname": "Jo Sample", "contacttelephone": "01632 960001", "contactemail": "jo@hub.example.org"}
    assert said.items() <= event.items()
    assert not any(name.startswith("contact") for name in event["data"])
    [(first,)] = await hub.run("SELECT case_id FROM delivery WHERE version = 1 AND told")
    before = (await hub.rows(first))[BENEFITS, 1].event
    assert before is not None
    assert not said.keys() & before.keys()


async def _lanes(hub: Hub) -> list[tuple[int, int, int, str]]:
    """Version, notice, lane number and connector of what was planned for the benefits service, in order."""
    return await hub.run(
        "SELECT d.version, d.notice, lane.split, lane.connector FROM delivery d JOIN lane ON lane.id = d.lane"
        " WHERE lane.recipient = %s ORDER BY 1",
        BENEFITS,
    )


async def test_ends_go_by_the_urgent_way_and_everything_else_by_the_ordinary_one(hub: Hub) -> None:
    await hub.load(with_urgent_way())
    for minute, fact in enumerate(("asserted", "cancelled", "asserted", "retracted")):
        planned = await hub.plan(await hub.tell(death(1, minute=minute, fact=fact)))
        assert planned.wakes
        await hub.sent(BENEFITS)
    assert await _lanes(hub) == [
        (1, Notice.NOTIFIED, 0, "topic"),
        (2, Notice.CANCELLED, 100, "webhook"),
        (3, Notice.CORRECTED, 0, "topic"),
        (4, Notice.RETRACTED, 100, "webhook"),
    ]


async def test_without_an_urgent_way_any_more_what_waits_in_its_lane_goes_the_ordinary_one(hub: Hub) -> None:
    await hub.load(with_urgent_way())
    case = await hub.tell_and_plan(death(1))
    await hub.sent(BENEFITS)
    await hub.tell_and_plan(death(1, minute=1, fact="cancelled"))
    await hub.load(with_urgent_way(has=False))
    assert (await _lanes(hub))[-1] == (2, Notice.CANCELLED, 100, "topic")
    await hub.sent(BENEFITS)
    await hub.tell_and_plan(death(1, minute=2, fact="retracted"))
    assert (await _lanes(hub))[-1] == (3, Notice.RETRACTED, 0, "topic")
    assert (await hub.rows(case))[BENEFITS, 3].state is State.QUEUED


@pytest.mark.parametrize(("standing", "marked"), [("informal", True), ("certified", True), ("registered", False)])
async def test_what_is_not_registered_is_marked_to_stop_no_payment(hub: Hub, standing: str, marked: bool) -> None:
    await hub.load(everyone(benefits={"standing": "informal"}))
    event = (await hub.rows(await hub.tell_and_plan(death(1, standing=standing))))[BENEFITS, 1].event
    assert event is not None
    assert event.get("stoppayments") == (False if marked else None)


async def test_what_was_told_informally_and_is_registered_then_loses_its_mark(hub: Hub) -> None:
    await hub.load(everyone(benefits={"standing": "informal"}))
    case = await hub.tell_and_plan(informal(1))
    await hub.sent(BENEFITS)
    await hub.tell_and_plan(death(1))
    first, then = [(await hub.rows(case))[BENEFITS, version].event or {} for version in (1, 2)]
    assert (first["stoppayments"], then.get("stoppayments"), then["standing"]) == (False, None, "registered")
