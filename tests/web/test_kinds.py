"""Whoever wants to tell may read what can be told: the kinds built in and those of the hub's own register, without a key."""

from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from fastapi import Request

from hub.kinds import BUILT_IN, Kinds, OwnKind
from hub.recipients import Register
from hub.web.api import routes
from schemas.examples import examples
from schemas.publish import published
from tests.kinds.test_own_kinds import ENTRY, SCHEMA


async def _nobody(_: Request) -> None:
    raise AssertionError("no key is asked for")


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    register = Register((), kinds=Kinds((OwnKind(ENTRY, SCHEMA),)))
    app = routes(_nobody, _nobody, lambda: register)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as opened:
        yield opened


async def test_every_kind_is_listed_with_its_title_and_whether_it_is_the_hub_s_own(http: httpx.AsyncClient) -> None:
    listed = {one["kind"]: one for one in (await http.get("/v1/kinds")).json()["kinds"]}
    assert listed.keys() == {*BUILT_IN, "leaving-care"}
    assert listed["leaving-care"] == {"kind": "leaving-care", "title": "Leaving care", "own": True}
    assert listed["bereavement"]["own"] is False


async def test_the_schema_of_an_own_kind_says_what_may_be_told(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/kinds/leaving-care")
    assert answer.headers["content-type"] == "application/schema+json"
    schema = answer.json()
    assert schema["properties"]["type"]["const"] == "uk.tellusonce.leaving-care.v1"
    content = schema["$defs"][schema["properties"]["data"]["$ref"].rpartition("/")[2]]
    assert content["properties"].keys() >= {"leaver", "leftOn", "homes", "plan", "standing", "sourceTime"}


async def test_that_of_a_built_in_kind_is_the_published_one(http: httpx.AsyncClient) -> None:
    schema = (await http.get("/v1/kinds/birth")).json()
    assert orjson.loads(published()["notification.birth.schema.json"]) == schema | {"examples": [examples()["birth"]]}


async def test_a_kind_nobody_knows_is_not_found(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/kinds/no-such-kind")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:tuo:problem:no-such-kind")
