"""Whoever may ask the policy is answered, and nobody else."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest_asyncio
from fastapi import FastAPI, HTTPException, Request

from hub.web.policy import policy_routes
from hub.web.problems import speak_in_problems
from schemas import SourceKind
from tests.policy.register import one_recipient


@dataclass(frozen=True, slots=True)
class Caller:
    source_kind: SourceKind
    recipient: str | None = None


CALLERS = {
    "council": Caller(SourceKind.RECIPIENT, "a.council-tax"),
    "other": Caller(SourceKind.RECIPIENT, "a.housing"),
    "desk": Caller(SourceKind.CONTACT_DESK),
    "registrar": Caller(SourceKind.REGISTRAR),
}


async def identify(request: Request) -> Caller:
    caller = CALLERS.get(request.headers.get("authorization", ""))
    if caller is None:
        raise HTTPException(401)
    return caller


@pytest_asyncio.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    register = one_recipient({}, service="council-tax")
    app = FastAPI()
    app.include_router(policy_routes(identify, lambda: register))  # type: ignore[arg-type]
    speak_in_problems(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as opened:
        yield opened


async def _ask(api: httpx.AsyncClient, caller: str, **asked: str) -> httpx.Response:
    parameters = {"kind": "bereavement", "recipient": "a.council-tax", **asked}
    return await api.get("/v1/policy/explain", params=parameters, headers={"authorization": caller})


async def test_a_recipient_asks_about_itself_and_a_contact_desk_about_all(api: httpx.AsyncClient) -> None:
    for caller in ("council", "desk"):
        answer = await _ask(api, caller, field="deceased.nino")
        assert answer.json() == {
            "recipient": "a.council-tax",
            "kind": "bereavement",
            "field": "deceased.nino",
            "verdict": "prohibited",
            "rule": "no-nino-no-sex",
            "source": "UK GDPR Article 5(1)(c): accounts and tenancies are found by name and address",
            "sentence": "This service does not need a National Insurance number or whether somebody was a man or a woman.",
        }
    assert (await _ask(api, "council")).json()["verdict"] == "allowed"
    assert (await _ask(api, "council", field="deceased.usualAddress", on="2026-03-01")).json()["verdict"] == "held"


async def test_nobody_else_does(api: httpx.AsyncClient) -> None:
    for caller in ("other", "registrar"):
        refused = await _ask(api, caller)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:tuo:problem:not-yours")
    assert (await _ask(api, "nobody")).status_code == 401


async def test_a_question_that_cannot_be_answered_says_what_is_wrong_with_it(api: httpx.AsyncClient) -> None:
    faults = (await _ask(api, "desk", kind="burial", recipient="a.tax")).json()["faults"]
    assert [(fault["field"], fault["fault"]) for fault in faults] == [
        ("recipient", "is not in the register"),
        ("kind", "is no kind of event"),
    ]
    assert faults[0]["accepted"] == "a.council-tax"
    [odd] = (await _ask(api, "desk", field="nonsense")).json()["faults"]
    assert re.search(r"^spouse.names, .*, and \d+ more$", odd["accepted"])
    [near] = (await _ask(api, "desk", field="deceased.usualAdress")).json()["faults"]
    assert "deceased.usualAddress" in near["accepted"]
    assert (await _ask(api, "desk", field="deceased.causeOfDeath")).json()["rule"] == "cause-of-death"
    for asked in ({"on": "2026-02-30"}, {"field": "x" * 201}, {"recipient": "../../etc"}):
        assert (await _ask(api, "desk", **asked)).status_code == 422
    [day] = (await _ask(api, "desk", on="01/04/2027")).json()["faults"]
    assert (day["field"], day["fault"], day["accepted"]) == ("on", "is not a day", "a day such as 2027-04-01")
    [form] = (await _ask(api, "desk", recipient="../../etc")).json()["faults"]
    assert (form["field"], form["fault"], form["accepted"][:13]) == ("recipient", "is not of the form accepted", "small letters")
