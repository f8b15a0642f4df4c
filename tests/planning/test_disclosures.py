"""The record of disclosures says what went, under what, and keeps saying it when the agreement has changed."""

from typing import Any

from hub.policy import explain
from hub.tracking import Directory, decisions, disclosures
from schemas import Disclosure, State
from tests.cases.deaths import death
from tests.planning.conftest import BASE, Hub, everyone

_FIRST = {"sender": {"power": "SI 2012/1604", "basis": "Article 6(1)(e)"}, "purpose": "to end benefits"}


async def _record(hub: Hub, case: Any) -> list[Disclosure]:
    register = await hub.register()
    async with hub.pool.connection() as connection:
        found = await disclosures(connection, Directory(lambda: register, explain), "4KXRD7WM2PYM", case)
    return [one for one in found.disclosures if one.recipient == "dwp.benefits"]


async def test_nothing_is_disclosed_before_an_attempt_begins(hub: Hub) -> None:
    case = await hub.tell_and_plan(death())
    assert await _record(hub, case) == []


async def test_each_message_is_on_record_with_its_fields_and_the_agreement_of_its_day(hub: Hub) -> None:
    await hub.load(everyone(benefits={**_FIRST, "more": ["deceased.nino"]}))
    case = await hub.tell_and_plan(death(7))
    await hub.sent("dwp.benefits")
    await hub.load(everyone(benefits={"purpose": "something else", "version": 2, "more": ["deceased.nino", "deceased.sex"]}))
    again = death(7, minute=1, deceased={**death(7).notification.data.model_dump(mode="json", by_alias=True)["deceased"], "sex": "female"})
    await hub.tell_and_plan(again)
    [first] = await _record(hub, case)
    assert set(first.fields) == {*BASE, "deceased.nino"}
    assert (first.agreement, first.purpose, first.notice, first.version, first.told) == (
        "dwp-benefits@1", "to end benefits", "notified", 1, True,
    )  # fmt: skip
    assert first.sender is not None
    assert (first.sender.power, first.sender.basis) == ("SI 2012/1604", "Article 6(1)(e)")
    await hub.sent("dwp.benefits", State.SENDING)
    before, corrected = await _record(hub, case)
    assert before == first
    assert (corrected.agreement, corrected.purpose, corrected.notice, corrected.version) == (
        "dwp-benefits@2", "something else", "corrected", 2,
    )  # fmt: skip
    assert "deceased.sex" in corrected.fields
    assert "Planted7" not in corrected.model_dump_json()


async def test_what_is_proved_unsent_is_said_to_be(hub: Hub) -> None:
    case = await hub.tell_and_plan(death())
    await hub.sent("dwp.benefits", State.FAILED)
    await hub.run("UPDATE delivery SET told = false")
    [one] = await _record(hub, case)
    assert not one.told


async def test_a_case_says_of_everybody_considered_what_was_decided_and_why(hub: Hub) -> None:
    await hub.load(everyone(benefits={**_FIRST, "sender": None}))
    case = await hub.tell_and_plan(death())
    async with hub.pool.connection() as connection:
        found = {one.recipient: one for one in await decisions(connection, case)}
    assert (found["dwp.benefits"].decision, found["dwp.benefits"].rule) == ("held", "no-power")
    assert found["dwp.benefits"].sentence == "The agreement with this service cites no power to share yet."
    council = found["stevenage.council-tax"]
    assert (council.decision, council.rule) == ("allowed", "stevenage-council-tax@1")
    assert council.source == "sender: sample, sample; receiver: sample, sample; protocol sample"
