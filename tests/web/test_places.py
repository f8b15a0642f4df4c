"""Whoever may call the API may ask which councils and services a postcode has."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from hub.cli.kinds import checks
from hub.intake import add_client
from hub.recipients import Register, load, read
from hub.web.api import build
from hub.web.parts import Parts, open_parts
from schemas import SourceKind
from tests.conftest import Databases
from tests.intake.conftest import make_settings

_SHIPPED = Path(__file__).parents[2] / "infra/recipients"


@pytest.fixture
async def parts(postgres: Databases) -> AsyncIterator[Parts]:
    async with open_parts(make_settings(postgres.database_url, postgres.keystore_url)) as parts:
        yield parts


async def _asking(parts: Parts, per_second: int = 1000) -> httpx.AsyncClient:
    _, key = await add_client(parts.pool, "advice bureau", SourceKind.CITIZEN, per_second=per_second)
    transport = httpx.ASGITransport(build(parts))
    return httpx.AsyncClient(transport=transport, base_url="http://hub", headers={"authorization": f"Bearer {key}"})


@pytest.fixture
async def http(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    shipped = read(_SHIPPED, checks(parts.settings))
    assert isinstance(shipped, Register)
    async with parts.pool.connection() as connection:
        await load(connection, shipped)
    await parts.register.look()
    async with await _asking(parts) as http:
        yield http


async def test_a_postcode_is_answered_with_its_councils_and_who_would_be_asked(http: httpx.AsyncClient) -> None:
    answer = (await http.get("/v1/places/sg11aa", params={"on": "2026-03-12", "kind": "bereavement"})).json()
    assert (answer["postcode"], answer["on"], answer["tier"], answer["ward"]["code"]) == ("SG1 1AA", "2026-03-12", "two-tier", "E05015632")
    assert [(one["name"], one["role"]) for one in answer["councils"]] == [
        ("Stevenage Borough Council", "district"),
        ("Hertfordshire County Council", "county"),
    ]
    asked = {one["recipient"]: one for one in answer["services"]}
    assert asked["stevenage.council-tax"]["everywhere"] is False
    assert asked["dwp.benefits"]["everywhere"] is True
    assert "hertfordshire.libraries" in asked
    assert not any(recipient.startswith("liverpool") for recipient in asked)
    assert (answer["missing"], answer["registerVersion"]) == ([], 1)


async def test_a_place_without_a_service_is_told_which_nobody_runs(http: httpx.AsyncClient) -> None:
    answer = (await http.get("/v1/places/CA1 1AA", params={"on": "2026-03-12"})).json()
    assert {one["service"] for one in answer["missing"]} >= {"council-tax", "adult-social-care"}
    (taken,) = answer["successions"]
    assert taken["on"] == "2023-04-01"
    assert taken["sentence"].startswith("Cumberland Council took over on 1 April 2023 from Allerdale Borough Council, ")


async def test_before_and_on_the_first_of_april_2027_surrey_is_answered_differently(http: httpx.AsyncClient) -> None:
    before, after = [(await http.get("/v1/places/GU2 4BB", params={"on": on})).json() for on in ("2027-03-31", "2027-04-01")]
    assert [one["role"] for one in before["councils"]] == ["district", "county"]
    assert before["councils"][1]["endsOn"] == "2027-04-01"
    assert before["councils"][1]["ends"].endswith("after it come East Surrey and West Surrey.")
    assert [(one["name"], one["role"]) for one in after["councils"]] == [("West Surrey", "both")]
    assert [one["sentence"].partition(" on ")[0] for one in after["successions"]] == ["West Surrey took over"]


async def test_where_there_is_no_council_the_reason_is_said_and_the_centre_is_asked_all_the_same(http: httpx.AsyncClient) -> None:
    answer = (await http.get("/v1/places/BT1 5GS")).json()
    assert (answer["reason"], answer["councils"], answer["tier"]) == ("northern-ireland", [], None)
    assert "Northern Ireland" in answer["explanation"]
    assert {one["everywhere"] for one in answer["services"]} == {True}


@pytest.mark.parametrize(
    ("path", "field", "accepted"),
    [
        ("/v1/places/SG1", "postcode", "SG1 1AA"),
        (f"/v1/places/{'SG1' * 300}", "postcode", "SG1 1AA"),
        ("/v1/places/SG1 1AA?on=2027-02-30", "on", "2027-04-01"),
        ("/v1/places/SG1 1AA?on=next+week", "on", "2027-04-01"),
        ("/v1/places/SG1 1AA?kind=burial", "kind", "bereavement"),
    ],
)
async def test_a_slip_is_answered_with_what_is_accepted(http: httpx.AsyncClient, path: str, field: str, accepted: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    (fault,) = answer.json()["faults"]
    assert fault["field"] == field
    assert accepted in fault["accepted"]


async def test_nobody_asks_without_a_key_and_nobody_faster_than_its_rate(parts: Parts) -> None:
    async with await _asking(parts, per_second=2) as http:
        assert (await http.get("/v1/places/SG1 1AA", headers={"authorization": ""})).status_code == 401
        statuses = [(await http.get("/v1/places/SG1 1AA")).status_code for _ in range(8)]
        assert statuses[0] == 200
        assert 429 in statuses


async def test_without_a_register_the_councils_are_answered_alone(parts: Parts) -> None:
    async with await _asking(parts) as http:
        answer = (await http.get("/v1/places/SG1 1AA")).json()
    assert (len(answer["councils"]), answer["registerVersion"], answer["services"], answer["missing"]) == (2, None, [], [])
