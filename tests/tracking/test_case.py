"""The status of a case through the API and on its page, as a teller and as anybody else sees it."""

import pytest

from hub.cases import new_reference
from hub.privacy import data_context
from schemas import State, message_id
from tests.tracking.desk import Desk, allow, answer

WHY = "Two people of this name live at the address."


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
    await desk.ledger.run("INSERT INTO field_set (fields) VALUES ('{fact}')")
    change = "UPDATE message SET data_key = %s, data = %s, agreement = %s, fields = (SELECT id FROM field_set) WHERE delivery = %s"
    await desk.ledger.run(change, key.id, sealed, "stevenage-council-tax@1", council)
    await desk.plan(allow("stevenage.council-tax") | {"delivery": str(council)})
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
