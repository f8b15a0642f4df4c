"""A thin event says only that there is something; its recipient fetches the rest, and that is the disclosure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from hub.policy import explain
from hub.recipients import Organisation
from hub.tracking import Directory, disclosures
from hub.tracking.fetching import Missing, fetch
from schemas import Disclosure, Notice, State, message_id
from tests.cases.deaths import death, event, informal
from tests.planning.conftest import Hub, Row, everyone, with_urgent_way

_WHO = "dwp.benefits"


async def _told(hub: Hub, number: int, among: Callable[..., list[Organisation]] = everyone) -> tuple[Any, Row]:
    await hub.load(among(benefits={"payload": "thin", "more": ["deceased.nino"]}))
    case = await hub.tell_and_plan(death(number))
    row = (await hub.rows(case))[_WHO, 1]
    assert await _fetch(hub, row) is Missing.UNKNOWN, "nothing was sent yet"
    await hub.sent(_WHO)
    return case, row


async def _fetch(hub: Hub, row: Row, recipient: str = _WHO) -> bytes | Missing:
    register = await hub.register()
    async with hub.pool.connection() as connection:
        return await fetch(connection, hub.keys, Directory(lambda: register, explain), message_id(row.id, row.message), recipient)


async def _planned_again(hub: Hub, case: Any, **benefits: Any) -> Row:
    await hub.load(everyone(benefits={"version": 2, **benefits}))
    await hub.run("UPDATE cases SET plan_due = true")
    await hub.plan(case)
    return (await hub.rows(case))[_WHO, 1]


async def _record(hub: Hub, case: Any) -> Disclosure:
    register = await hub.register()
    async with hub.pool.connection() as connection:
        found = await disclosures(connection, Directory(lambda: register, explain), "", case)
    return found.disclosures[-1]


async def test_the_event_carries_nothing_but_that_there_is_something_and_where_it_lies(hub: Hub) -> None:
    _, row = await _told(hub, 7)
    assert row.event is not None
    assert row.event["data"] == {"standing": "registered", "fact": "asserted"}
    assert row.event["dataref"] == f"https://hub.example.org/v1/messages/{message_id(row.id, 1)}/data"


async def test_what_is_fetched_is_what_the_agreement_names_and_on_record_from_then_on(hub: Hub) -> None:
    case, row = await _told(hub, 7)
    before = await _record(hub, case)
    assert (before.payload, set(before.fields), before.fetched_at) == ("thin", {"standing", "fact"}, None)
    data = await _fetch(hub, row)
    assert not isinstance(data, Missing)
    assert orjson.loads(data)["deceased"].keys() == {"names", "dateOfBirth", "dateOfDeath", "nino"}
    after = await _record(hub, case)
    assert {"deceased.names", "deceased.nino"} <= set(after.fields)
    assert after.fetched_at is not None
    assert await _fetch(hub, row) == data
    assert (await _record(hub, case)).fetched_at == after.fetched_at


async def test_nobody_else_fetches_it_and_nobody_fetches_what_is_not_thin(hub: Hub) -> None:
    case, row = await _told(hub, 7)
    assert await _fetch(hub, row, "stevenage.council-tax") is Missing.UNKNOWN
    await hub.sent("stevenage.council-tax")
    full = (await hub.rows(case))["stevenage.council-tax", 1]
    assert full.event is not None
    assert "dataref" not in full.event
    assert await _fetch(hub, full, "stevenage.council-tax") is Missing.UNKNOWN


async def test_a_second_teller_of_the_same_is_no_news_and_the_first_message_can_still_be_fetched(hub: Hub) -> None:
    case, row = await _told(hub, 7)
    await hub.tell_and_plan(death(7, minute=1))
    assert (_WHO, 2) not in await hub.rows(case)
    assert not isinstance(await _fetch(hub, row), Missing)


@pytest.mark.parametrize("among", [everyone, with_urgent_way])
async def test_what_was_not_fetched_before_it_was_over_never_is_by_whichever_way_that_was_told(
    hub: Hub, among: Callable[..., list[Organisation]]
) -> None:
    case, row = await _told(hub, 7, among)
    await hub.tell_and_plan(death(7, minute=1, fact="retracted"))
    end = (await hub.rows(case))[_WHO, 2]
    assert (end.notice, end.state) == (Notice.RETRACTED, State.QUEUED)
    assert end.event is not None
    assert end.event["data"] == {"standing": "registered", "fact": "retracted"}
    assert await _fetch(hub, row) is Missing.OVER


async def test_what_a_newer_message_tells_less_of_is_not_fetched_by_the_older(hub: Hub) -> None:
    case, row = await _told(hub, 7)
    await hub.load(everyone(benefits={"payload": "thin", "version": 2, "more": []}))
    deceased = event(7)["data"]["deceased"] | {"names": {"given": ["Adah"], "family": "Planted7"}}
    await hub.tell_and_plan(death(7, minute=2, deceased=deceased))
    assert await _fetch(hub, row) is Missing.OVER
    await hub.sent(_WHO)
    data = await _fetch(hub, (await hub.rows(case))[_WHO, 2])
    assert not isinstance(data, Missing)
    assert orjson.loads(data)["deceased"].keys() == {"names", "dateOfBirth", "dateOfDeath"}


async def test_whoever_fetched_it_fetches_by_what_to_take_it_back(hub: Hub) -> None:
    case, row = await _told(hub, 7)
    await _fetch(hub, row)
    await hub.tell_and_plan(death(7, minute=1, fact="retracted"))
    end = (await hub.rows(case))[_WHO, 2]
    assert end.event is not None
    assert end.event["data"] == {"standing": "registered", "fact": "retracted"}
    await hub.sent(_WHO)
    data = await _fetch(hub, end)
    assert not isinstance(data, Missing)
    assert orjson.loads(data)["deceased"].keys() == {"names", "dateOfBirth", "dateOfDeath"}


async def test_while_a_newer_word_waits_to_be_planned_nobody_says_yet_whether_it_is_over(hub: Hub) -> None:
    case, row = await _told(hub, 7)
    await hub.tell(death(7, minute=1, fact="retracted"))
    assert await _fetch(hub, row) is Missing.NOT_NOW
    await hub.plan(case)
    assert await _fetch(hub, row) is Missing.OVER


async def test_where_the_agreement_has_ended_since_nothing_is_given_until_a_plan_by_another_allows_it(hub: Hub) -> None:
    case, row = await _told(hub, 7)
    thin = {"payload": "thin", "more": ["deceased.nino"]}
    await hub.load(everyone(benefits={**thin, "ends": "2026-04-01"}))
    for _ in range(2):  # asking has it planned again, once
        assert await _fetch(hub, row) is Missing.NOT_NOW
        await hub.plan(case)
    assert (_WHO, 2) not in await hub.rows(case)
    await hub.load(everyone(benefits={**thin, "version": 2}))
    assert await _fetch(hub, row) is Missing.NOT_NOW
    await hub.plan(case)
    assert not isinstance(await _fetch(hub, row), Missing)


@pytest.mark.parametrize("now", [{"payload": "thin", "more": []}, {"payload": "full", "more": []}])
async def test_what_the_agreement_of_today_does_not_name_all_of_is_not_given(hub: Hub, now: dict[str, Any]) -> None:
    case, row = await _told(hub, 7)
    await hub.load(everyone(benefits={**now, "version": 2}))
    assert await _fetch(hub, row) is Missing.NOT_NOW
    await hub.plan(case)
    assert await _fetch(hub, row) is Missing.OVER


async def test_what_was_left_of_somebody_protected_since_is_not_given(hub: Hub) -> None:
    await hub.load(everyone(benefits={"payload": "thin", "standing": "informal"}))
    case = await hub.tell_and_plan(informal(1))
    row = (await hub.rows(case))[_WHO, 1]
    await hub.sent(_WHO)
    wish = informal(1, minute=1, protected=True)
    await hub.tell_and_plan(wish)
    assert await _fetch(hub, row) is Missing.NOT_NOW
    no_more = informal(1, minute=2, protected=False)
    await hub.tell_and_plan(replace(no_more, notification=no_more.notification.model_copy(update={"corrects": wish.notification.id})))
    assert not isinstance(await _fetch(hub, row), Missing), "nothing it was sent is lost"


async def test_what_was_left_before_the_citizen_said_no_is_over(hub: Hub) -> None:
    await hub.load(everyone(benefits={"payload": "thin", "standing": "informal", "asks": "choice"}))
    case = await hub.tell_and_plan(informal(1, choices=[{"recipient": _WHO, "tell": True}]))
    row = (await hub.rows(case))[_WHO, 1]
    await hub.sent(_WHO)
    await hub.tell_and_plan(informal(1, minute=1, choices=[{"recipient": _WHO, "tell": False}]))
    assert await _fetch(hub, row) is Missing.OVER


@pytest.mark.parametrize("payload", ["thin", "full"])
async def test_a_message_that_never_went_is_not_fetched_when_the_next_under_a_newer_agreement_did(hub: Hub, payload: str) -> None:
    await hub.load(everyone(benefits={"payload": "thin", "more": ["deceased.nino"]}))
    case = await hub.tell_and_plan(death(7))
    row = await _planned_again(hub, case, payload=payload)
    assert row.message == 2
    await hub.sent(_WHO)
    assert await _fetch(hub, replace(row, message=1)) is Missing.UNKNOWN


async def test_whatever_was_fetched_is_on_record_though_its_attempts_are_not_kept_any_more(hub: Hub) -> None:
    case, row = await _told(hub, 7)
    await _fetch(hub, row)
    await hub.run("UPDATE delivery SET state = 1 WHERE id = %s", row.id)
    await _planned_again(hub, case, payload="thin")
    assert "deceased.nino" in (await _record(hub, case)).fields
