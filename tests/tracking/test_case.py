"""The status of a case through the API and on its page, as a teller and as anybody else sees it."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import orjson
import pytest
import pytest_asyncio
from fastapi import FastAPI, HTTPException, Request

from hub.cases import new_reference
from hub.policy import explain
from hub.privacy import Blind, case_context, data_context
from hub.tracking import Directory
from hub.tracking.web import Office, routes
from schemas import Notice, State, message_id
from tests.tracking.conftest import Deliveries
from tests.tracking.register import small_register

WHY = "Two people of this name live at the address."


@dataclass(frozen=True, slots=True)
class Caller:
    id: str
    recipient: str | None


CALLERS = {"registrar": Caller("registrar", None), "other": Caller("other", None), "council": Caller("council", "stevenage.council-tax")}


async def identify(request: Request) -> Caller:
    caller = CALLERS.get(request.headers.get("authorization", ""))
    if caller is None:
        raise HTTPException(401)
    return caller


@dataclass(frozen=True, slots=True)
class Desk:
    """A case with one reference, and the API over it."""

    ledger: Deliveries
    api: httpx.AsyncClient
    blind: Blind
    case_id: UUID
    reference: str

    async def delivery(self, recipient: str, state: State) -> UUID:
        lane = await self.ledger.lane(recipient)
        at = await self.ledger.one("SELECT recorded_at FROM case_version WHERE case_id = %s", self.case_id)
        id_ = await self.ledger.delivery(self.case_id, 1, at, lane, recipient)
        await self.ledger.stands(id_, state)
        await self.ledger.run("UPDATE delivery SET told = true WHERE id = %s", id_)
        return id_

    async def plan(self, *decisions: dict[str, str]) -> None:
        await self.ledger.run("INSERT INTO register (digest, content) VALUES ('', '[]')")
        await self.ledger.run(
            "INSERT INTO plan SELECT %s, 1, max(version), now(), %s::jsonb FROM register", self.case_id, orjson.dumps(decisions).decode()
        )

    async def told(self, caller: str = "registrar") -> httpx.Response:
        return await self.api.get(f"/v1/cases/{self.reference}", headers={"authorization": caller})

    async def page(self) -> str:
        response = await self.api.get(f"/status/{self.blind.sign_link(self.reference)}")
        assert response.status_code == 200
        return response.text


def allow(recipient: str) -> dict[str, str]:
    return {"recipient": recipient, "decision": "allowed", "rule": "agreement"}


@pytest_asyncio.fixture
async def desk(ledger: Deliveries) -> AsyncIterator[Desk]:
    blind = Blind(secrets.token_bytes(32), secrets.token_bytes(32))
    register = small_register()
    office = Office(ledger.pool, ledger.keys, blind, Directory(lambda: register, explain), "https://tell.example")
    app = FastAPI()
    app.include_router(routes(identify, lambda _: office))
    case_id, reference = await ledger.case(), new_reference()
    await ledger.version(case_id, 1)
    await ledger.run("INSERT INTO reference (code, case_id, client) VALUES (%s, %s, 'registrar')", reference, case_id)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://tell.example") as api:
        yield Desk(ledger, api, blind, case_id, reference)


async def answer(desk: Desk, delivery: UUID, body: dict[str, str], caller: str = "council") -> httpx.Response:
    path = f"/v1/messages/{message_id(delivery, 1)}/acknowledgement"
    return await desk.api.post(path, json=body, headers={"authorization": caller})


async def test_a_teller_reads_who_knows_what_each_did_and_who_is_not_told(desk: Desk) -> None:
    council = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    await desk.delivery("stevenage.housing", State.ACCEPTED)
    held = {"recipient": "stevenage.waste", "decision": "held", "rule": "no-power"}
    await desk.plan(allow("stevenage.council-tax"), allow("stevenage.housing"), held)
    assert (await answer(desk, council, {"answer": "rejected", "reason": WHY})).status_code == 200

    status = (await desk.told()).json()
    by_service = {one["service"]: one for one in status["deliveries"]}
    assert status["state"] == "needs attention"
    assert by_service["Council tax"]["state"] == "rejected"
    assert by_service["Council tax"]["reason"] == WHY
    assert by_service["Housing"]["saysWhenDone"] is False
    assert "Has received it; does not tell us when it is done." in await desk.page()
    assert [(one["service"], one["decision"], one["rule"]) for one in status["notTold"]] == [("Assisted waste", "held", "no-power")]
    assert status["links"]["page"].startswith("https://tell.example/status/")


async def test_what_an_agreement_keeps_from_tellers_shows_neither_in_the_delivery_nor_in_the_case(desk: Desk) -> None:
    await desk.delivery("dwp.benefits", State.REJECTED)
    await desk.plan(allow("dwp.benefits"))
    status = (await desk.told()).json()
    [one] = status["deliveries"]
    assert (one["state"], one["saysWhenDone"], one["answersShown"], one.get("answer")) == ("accepted", True, False, None)
    assert status["state"] == "complete"
    assert "Has received it. What it does next is not shown here." in await desk.page()


async def test_only_the_client_that_told_may_read(desk: Desk) -> None:
    assert (await desk.told("other")).status_code == 404
    assert (await desk.api.get(f"/v1/cases/{desk.reference}")).status_code == 401
    response = await desk.api.get(f"/v1/cases/{new_reference()}", headers={"authorization": "registrar"})
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


async def test_who_told_reads_which_fields_went_to_whom_and_nobody_else_does(desk: Desk) -> None:
    council = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    await desk.ledger.run("INSERT INTO field_set (fields) VALUES ('{deceased.names,fact}')")
    await desk.ledger.run("UPDATE message SET fields = (SELECT id FROM field_set)")
    await desk.plan({**allow("stevenage.council-tax"), "delivery": str(council)})
    path = f"/v1/cases/{desk.reference}/disclosures"
    read = (await desk.api.get(path, headers={"authorization": "registrar"})).json()
    [one] = read["disclosures"]
    assert read["reference"] == desk.reference
    assert (one["recipient"], one["service"], one["message"]) == ("stevenage.council-tax", "Council tax", message_id(council, 1))
    assert (one["fields"], one["agreement"], one["told"]) == (["deceased.names", "fact"], "sample@1", True)
    assert one["firstDisclosedAt"]
    for other in ("other", "council"):
        assert (await desk.api.get(path, headers={"authorization": other})).status_code == 404


async def test_what_a_thin_event_left_is_fetched_by_its_recipients_client_alone(desk: Desk) -> None:
    council = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    message = message_id(council, 1)
    [key] = await desk.ledger.keys.fresh(1)
    sealed = key.seal(b'{"fact":"asserted"}', data_context(message))
    await desk.ledger.run("UPDATE message SET data_key = %s, data = %s WHERE delivery = %s", key.id, sealed, council)
    await desk.plan(allow("stevenage.council-tax"))
    path = f"/v1/messages/{message}/data"
    fetched = await desk.api.get(path, headers={"authorization": "council"})
    assert (fetched.status_code, fetched.content, fetched.headers["cache-control"]) == (200, b'{"fact":"asserted"}', "no-store")
    assert (await desk.api.get(path, headers={"authorization": "registrar"})).status_code == 403
    assert (await desk.api.get(f"/v1/messages/msg_{council.hex}_2/data", headers={"authorization": "council"})).status_code == 404
    await desk.ledger.run("UPDATE cases SET plan_due = true")
    not_now = await desk.api.get(path, headers={"authorization": "council"})
    assert (not_now.status_code, not_now.headers["retry-after"]) == (409, "60")
    await desk.ledger.run("INSERT INTO erasure (case_id, data_keys) VALUES (%s, %s)", desk.case_id, [key.id])
    assert (await desk.api.get(path, headers={"authorization": "council"})).status_code == 410


async def test_a_bare_reference_shows_only_that_it_was_received(desk: Desk) -> None:
    await desk.delivery("stevenage.council-tax", State.APPLIED)
    await desk.plan(allow("stevenage.council-tax"))
    bare = await desk.api.get(f"/status/{desk.reference}")
    assert bare.status_code == 200
    assert "We have received your notification" in bare.text
    assert "Stevenage" not in bare.text
    link = desk.blind.sign_link(desk.reference)
    forged = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert (await desk.api.get(f"/status/{forged}")).status_code == 404


async def test_the_signed_link_shows_the_page_in_plain_words_and_nothing_is_fetched(desk: Desk) -> None:
    await desk.delivery("stevenage.council-tax", State.APPLIED)
    await desk.delivery("stevenage.housing", State.FAILED)
    held = {"recipient": "stevenage.waste", "decision": "held", "rule": "no-power"}
    await desk.plan(allow("stevenage.council-tax"), allow("stevenage.housing"), held)
    page = await desk.page()
    assert "If you deal with this service, you may wish to tell them yourself." in page
    assert "Has received it and updated its records." in page
    assert "We could not reach them. Somebody here is looking into it." in page
    for machine_word in ("failed", "withheld", "delivery", "agreement", "power", "<script", "src="):
        assert machine_word not in page, machine_word


async def test_the_page_says_to_browsers_that_the_link_is_a_key(desk: Desk) -> None:
    response = await desk.api.get(f"/status/{desk.blind.sign_link(desk.reference)}")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_an_erased_case_is_gone_for_everybody(desk: Desk) -> None:
    await desk.ledger.run("UPDATE cases SET erased_at = now() WHERE id = %s", desk.case_id)
    assert (await desk.told()).status_code == 410
    assert (await desk.api.get(f"/status/{desk.blind.sign_link(desk.reference)}")).status_code == 410


async def test_a_case_told_of_anew_says_when_what_was_told_before_was_erased(desk: Desk) -> None:
    await desk.ledger.run("UPDATE case_version SET client = 'another'")
    await desk.ledger.run("INSERT INTO erasure (case_id, data_keys) SELECT case_id, array_agg(data_key) FROM case_version GROUP BY 1")
    assert (await desk.told()).status_code == 410, "nothing of what this teller told is left"
    await desk.ledger.version(desk.case_id, 2)
    await desk.ledger.run("UPDATE case_version SET client = 'registrar' WHERE version = 2")
    assert (await desk.told()).json()["erasedBefore"]
    assert "What we had been told before" in await desk.page()


async def test_a_merged_case_is_shown_as_the_one_it_became(desk: Desk) -> None:
    survivor = await desk.ledger.case()
    await desk.ledger.version(survivor, 1)
    await desk.ledger.run("UPDATE cases SET merged_into = %s WHERE id = %s", survivor, desk.case_id)
    await desk.ledger.run("UPDATE cases SET effective = 7 WHERE id = %s", survivor)
    assert (await desk.told()).json()["version"] == 7


async def test_only_the_recipient_it_was_sent_to_may_answer(desk: Desk) -> None:
    council, other = await desk.delivery("stevenage.council-tax", State.ACCEPTED), await desk.delivery("dwp.benefits", State.ACCEPTED)
    assert (await answer(desk, council, {"answer": "applied"}, "registrar")).status_code == 403
    assert (await answer(desk, other, {"answer": "applied"})).status_code == 404
    assert (await answer(desk, council, {"answer": "applied"})).json()["state"] == "applied"
    assert (await answer(desk, council, {"answer": "applied"})).json()["repeated"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [({"answer": "rejected"}, ""), ({"answer": "rejected", "reason": "no"}, ""), ({"answer": "maybe"}, "answer"), ({}, "answer")],
)
async def test_an_answer_that_does_not_say_why_is_refused_with_what_is_accepted(desk: Desk, body: dict[str, str], field: str) -> None:
    council = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    response = await answer(desk, council, body)
    assert response.status_code == 422
    [fault] = response.json()["faults"]
    assert fault["field"] == field
    assert fault["accepted"]


async def test_an_answer_has_a_limit(desk: Desk) -> None:
    council = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    assert (await answer(desk, council, {"answer": "rejected", "reason": "x" * 20_000})).status_code == 413


async def test_a_case_retracted_names_one_person_to_speak_to_for_tellers_and_on_its_page(desk: Desk) -> None:
    retraction = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    await desk.plan(allow("stevenage.council-tax"))
    assert (await desk.told()).json()["contact"] is None
    assert "If this is about you" not in await desk.page()
    await desk.ledger.run("UPDATE delivery SET notice = 4 WHERE id = %s", retraction)
    await desk.ledger.run("UPDATE cases SET fact = 3 WHERE id = %s", desk.case_id)
    assert (await desk.told()).json()["contact"] == {"name": "Jo Sample", "telephone": "01632 960001", "email": "jo@hub.example.org"}
    page = await desk.page()
    assert "This was recorded in error: what we were told is not so." in page
    assert "Jo Sample" in page
    assert 'href="tel:01632960001"' in page
    assert "died" not in page


async def test_a_case_that_stands_again_says_so_of_who_was_told_that_it_did_not(desk: Desk) -> None:
    first = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    await desk.ledger.run("UPDATE delivery SET notice = 3 WHERE id = %s", first)
    at = await desk.ledger.version(desk.case_id, 2)
    lane = await desk.ledger.one("SELECT lane FROM delivery WHERE id = %s", first)
    again = await desk.ledger.delivery(desk.case_id, 2, at, lane, "stevenage.council-tax", Notice.CORRECTED)
    await desk.ledger.stands(again, State.ACCEPTED)
    await desk.plan(allow("stevenage.council-tax"))
    [one] = (await desk.told()).json()["deliveries"]
    assert (one["notice"], one["restored"]) == ("corrected", True)
    assert "We have told them that it stands after all." in await desk.page()


async def test_what_waits_for_its_day_says_which_to_tellers_and_on_the_page(desk: Desk) -> None:
    await desk.plan({"recipient": "stevenage.waste", "decision": "held", "rule": "not-due-yet", "until": "2027-12-05T00:00:00+00:00"})
    [one] = (await desk.told()).json()["notTold"]
    assert one["until"] == "2027-12-05T00:00:00Z"
    page = await desk.page()
    assert "We will tell them on 5 December 2027." in page
    assert "working out which services need to know" not in page


async def test_a_service_that_nobody_runs_goes_by_its_own_name(desk: Desk) -> None:
    await desk.plan({"recipient": "council.childrens-services", "decision": "unroutable", "rule": "unknown-postcode", "side": "arrives"})
    [one] = (await desk.told()).json()["notTold"]
    assert (one["service"], one["side"]) == ("Children's services, education and free school meals", "arrives")
    assert "Council of the new address" in await desk.page()


async def test_where_another_teller_wished_protection_neither_status_nor_disclosures_nor_page_say_who_is_told(desk: Desk) -> None:
    council = await desk.delivery("stevenage.council-tax", State.ACCEPTED)
    await desk.plan({**allow("stevenage.council-tax"), "delivery": str(council)})
    await desk.ledger.version(desk.case_id, 2)
    [key] = await desk.ledger.keys.fresh(1)
    wish = key.seal(b'{"source":"x","id":"2","data":{"protected":true}}', case_context(desk.case_id, 2))
    await desk.ledger.run("UPDATE case_version SET client = 'hers', data_key = %s, sealed = %s WHERE version = 2", key.id, wish)
    path = f"/v1/cases/{desk.reference}/disclosures"
    disclosed = await desk.api.get(path, headers={"authorization": "registrar"})
    assert (disclosed.json()["recipientsShown"], disclosed.json()["disclosures"]) == (False, [])
    assert "Everybody who must know is told." in await desk.page()
    for text in ((await desk.told()).text, disclosed.text, await desk.page()):
        assert not any(word in text.lower() for word in ("stevenage", "protect"))
