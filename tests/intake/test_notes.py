"""What the answer notes, where what was told may have been meant otherwise."""

from typing import Any

import pytest

from tests.cases.deaths import event
from tests.intake.conftest import Api


async def noted(api: Api, **deceased: Any) -> dict[str, str]:
    caller = await api.caller()
    answer = await caller.post(event(deceased={"names": {"family": "Planted"}, "dateOfDeath": {"value": "2026-02-11"}, **deceased}))
    assert answer.status_code == 202
    return {note["field"]: note["note"] for note in answer.json()["understood"].get("notes", ())}


@pytest.mark.parametrize(
    ("postcode", "says"),
    [
        ("HELLO", "The address has no British postcode."),
        ("ZZ9 9ZZ", "The postcode is not known."),
        ("BT1 1AA", "The address is in Northern Ireland, whose councils the hub does not reach."),
    ],
)
async def test_a_postcode_that_leads_to_no_council_is_taken_and_said_to_be_so(api: Api, postcode: str, says: str) -> None:
    assert await noted(api, usualAddress={"postcode": postcode}) == {
        "data.deceased.usualAddress.postcode": f"{says} No council is chosen by it."
    }


async def test_a_country_that_the_hub_does_not_know_is_taken_and_said_to_be_so(api: Api) -> None:
    assert await noted(api, usualAddress={"postcode": "SG1 1AA", "country": "Narnia"}) == {
        "data.deceased.usualAddress.country": "It is not clear which country the address is in. No council is chosen by it."
    }


@pytest.mark.parametrize(
    ("born", "noticed"), [("2026-12-18", True), ("2026-03", True), ("2027", True), ("2026", False), ("2026-02", False)]
)
async def test_a_birth_after_the_death_is_taken_and_said_to_be_so(api: Api, born: str, noticed: bool) -> None:
    said = {"data.deceased.dateOfBirth.value": "The birth lies after the death. It is taken as told."}
    assert await noted(api, dateOfBirth={"value": born}, usualAddress={"postcode": "sg11aa"}) == (said if noticed else {})


@pytest.mark.parametrize("fact", ["cancelled", "retracted"])
async def test_what_takes_back_and_meets_no_case_is_taken_and_said_to_be_so(api: Api, fact: str) -> None:
    caller = await api.caller()
    lonely = (await caller.post(event(1, fact=fact))).json()["understood"]
    assert lonely["position"] == "new"
    assert [note["field"] for note in lonely["notes"]] == ["data.fact"]
    assert "No case was found that this takes back" in lonely["notes"][0]["note"]
    await caller.post(event(2))
    assert "notes" not in (await caller.post(event(2, fact=fact, minute=1))).json()["understood"]
