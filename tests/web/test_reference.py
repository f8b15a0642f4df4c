"""The API's reference is one page that says what the OpenAPI document says and asks nobody else for anything."""

import html
import itertools
import re

import httpx
import orjson
import pytest
from fastapi import FastAPI, Request

from hub.recipients import Register
from hub.web import publish
from hub.web.api import routes
from hub.web.reference import groups, models
from schemas import BUILT_IN
from schemas.examples import examples
from schemas.publish import FOLDER


async def nobody(_: Request) -> None:
    """Nobody calls here."""


@pytest.fixture
def app() -> FastAPI:
    return routes(nobody, nobody, lambda: Register(()))  # type: ignore[arg-type]


async def read(app: FastAPI, path: str = "/docs") -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as http:
        return await http.get(path)


async def test_the_page_fetches_nothing_and_runs_nothing(app: FastAPI) -> None:
    answer = await read(app)
    assert answer.status_code == 200
    assert re.findall(r"(?:src|href)=\"(?![#/])[^\"]*|url\(|@import|<script|<link|<img|<iframe", answer.text) == []
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


async def test_every_operation_and_every_model_is_on_it_and_every_link_leads_somewhere(app: FastAPI) -> None:
    text = (await read(app)).text
    for operation in itertools.chain(*groups(app.openapi()).values()):
        assert f"<strong>{operation.method}</strong> {operation.path}" in text
        for status in operation.answers:
            assert f"<code>{status}</code>" in text
    assert "<code>application/cloudevents+json</code>)" in text
    assert "&lt;code" not in text
    named = set(re.findall(r'id="(\w+)"', text))
    assert {model.name for model in models(app.openapi())} <= named
    assert set(re.findall(r'href="#(\w+)"', text)) <= named


async def test_it_shows_what_may_be_sent_and_leads_to_what_is_answered(app: FastAPI) -> None:
    text = (await read(app)).text
    assert orjson.dumps(examples()["bereavement"], option=orjson.OPT_INDENT_2).decode() in html.unescape(text)
    answered = {
        (one.path, status): answer.models
        for one in itertools.chain(*groups(app.openapi()).values())
        for status, answer in one.answers.items()
    }
    assert answered["/v1/notifications", "202"] == ["Receipt", "BatchReceipt"]
    assert answered["/v1/cases/{reference}", "200"] == ["CaseStatus"]
    assert answered["/v1/places/{postcode}", "200"] == ["PlaceAnswer"]
    assert text.count('<a href="#CaseStatus">') == 2


async def test_what_may_be_sent_leads_to_the_notification_of_each_kind(app: FastAPI) -> None:
    [told] = [one for one in itertools.chain(*groups(app.openapi()).values()) if one.path == "/v1/notifications"]
    assert [body.kind for body in told.bodies] == ["", "list of "]
    for body in told.bodies:
        assert body.models == [model.__name__ for model in BUILT_IN.models.values()]
    text = (await read(app)).text
    assert text.count('<a href="#BereavementNotification">') == 3


async def test_the_bare_host_leads_to_it(app: FastAPI) -> None:
    answer = await read(app, "/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


async def test_what_is_sent_is_said_in_words(app: FastAPI) -> None:
    found = {model.name: {field.name: field for field in model.fields} for model in models(app.openapi())}
    reason = found["Acknowledgement"]["reason"]
    assert (reason.kind, reason.required) == ("text, at most 1000 characters", False)
    assert found["Deceased"]["passportNumbers"].kind == "list (at most 10) of text, at most 40 characters"
    assert (found["Acknowledgement"]["answer"].models, found["Acknowledgement"]["answer"].required) == (["Answer"], True)


def test_the_published_description_is_the_one_the_api_answers() -> None:
    assert (FOLDER / publish.NAME).read_bytes() == publish.published(), "run: python -m hub.web.publish"
