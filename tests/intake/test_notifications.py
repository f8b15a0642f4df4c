"""`POST /v1/notifications`: what is taken, what is answered, and how what is wrong is told."""

import asyncio
import contextlib
from typing import Any

import httpx
import orjson
import pytest
from pydantic import SecretStr

from hub.cases import parse_reference
from hub.observe import observing
from hub.settings import Settings
from schemas import SourceKind
from tests.cases.deaths import event
from tests.intake.conftest import BATCH, Api, running_api


def problem(response: Any) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    assert {"type", "title", "detail"} <= document.keys()
    return document


async def test_a_notification_is_answered_with_a_reference_links_and_what_was_understood(api: Api) -> None:
    caller = await api.caller()
    answer = await caller.post(event())
    assert answer.status_code == 202
    body = answer.json()
    assert parse_reference(body["referenceInGroups"]) == body["reference"]
    assert body["understood"] == {
        "kind": "bereavement", "standing": "registered", "fact": "asserted", "position": "new", "alreadyTold": False,
    }  # fmt: skip
    assert body["links"]["status"].endswith(f"/v1/cases/{body['reference']}")
    token = body["links"]["page"].rpartition("/")[2]
    assert api.parts.blind.check_link(token) == body["reference"]
    assert b"Planted" not in answer.content
    assert "idempotency-replayed" not in answer.headers


async def test_the_links_of_the_answer_lead_somewhere(api: Api) -> None:
    caller = await api.caller()
    body = (await caller.post(event())).json()
    status = await api.http.get(f"/v1/cases/{body['reference']}", headers=caller.headers)
    assert status.status_code == 200
    page = await api.http.get(body["links"]["page"].partition("8400")[2])
    assert page.status_code == 200


async def test_the_same_again_gives_the_first_answer_marked_as_a_replay(api: Api) -> None:
    caller, told = await api.caller(), event()
    first = await caller.post(told, idempotency_key="k1")
    respelt = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    again = await caller.post(respelt, idempotency_key="k1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotency-replayed"] == "true"


async def test_the_same_at_once_from_many_is_one(api: Api) -> None:
    caller, told = await api.caller(), event()
    answers = await asyncio.gather(*(caller.post(told) for _ in range(40)))
    assert {a.status_code for a in answers} == {202}
    assert len({a.content for a in answers}) == 1
    assert sum("idempotency-replayed" not in a.headers for a in answers) == 1


async def test_a_notification_may_name_the_one_it_corrects_in_the_body_or_in_a_header(api: Api) -> None:
    caller = await api.caller()
    unnumbered: dict[str, Any] = {
        "registration": None,
        "deceased": {"names": {"family": "Planted"}, "dateOfDeath": {"value": "2026-02-11"}},
    }
    first, second, third = event(**unnumbered), event(minute=1, **unnumbered), event(minute=2, **unnumbered)
    reference = (await caller.post(first)).json()["reference"]
    assert (await caller.post(second | {"corrects": first["id"]})).json()["reference"] == reference
    attributes = {f"ce_{name}": str(said) for name, said in third.items() if name != "data"} | {"ce_corrects": second["id"]}
    by_header = await caller.post(third["data"], "application/json", **attributes)
    assert by_header.json()["reference"] == reference
    batch = [event(minute=3, **unnumbered) | {"corrects": third["id"]}, event() | {"corrects": "nothing"}]
    answer = await caller.post(batch, BATCH)
    assert [item["status"] for item in answer.json()["items"]] == [202, 422]
    assert answer.json()["items"][0]["reference"] == reference
    [fault] = answer.json()["items"][1]["faults"]
    assert (fault["field"], fault["fault"]) == ("corrects", "names no notification of yours")


async def test_the_same_key_with_another_body_is_a_conflict(api: Api) -> None:
    caller = await api.caller()
    await caller.post(event(), idempotency_key="k1")
    assert problem(await caller.post(event(), idempotency_key="k1"))["status"] == 409


async def test_binary_mode_is_the_same_notification_as_structured_mode(api: Api) -> None:
    caller, told = await api.caller(), event()
    first = await caller.post(told)
    attributes = {f"ce_{name}": told[name] for name in ("id", "source", "type", "specversion")}
    again = await caller.post(told["data"], "application/json", **attributes)
    assert (again.status_code, again.json()["reference"]) == (202, first.json()["reference"])
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("given", ["%ff%fe", "%ed%a0%80", b"\xff\x80"])
async def test_an_attribute_in_a_header_that_is_not_utf_8_is_refused(api: Api, given: str | bytes) -> None:
    caller, told = await api.caller(), event()
    headers = {**caller.headers, "content-type": "application/json", "ce-specversion": "1.0", "ce-source": told["source"], "ce-id": given}
    answer = await api.http.post("/v1/notifications", content=orjson.dumps(told["data"]), headers=headers)
    assert (problem(answer)["status"], answer.json()["faults"][0]["field"]) == (400, "ce-id")


async def test_a_batch_answers_for_each_item_and_one_bad_item_harms_no_other(api: Api) -> None:
    caller = await api.caller()
    bad = event(deceased={"nino": "QQ123456C"})
    told = [event(), bad, event(), "nonsense"]
    answer = await caller.post(told, BATCH)
    assert answer.status_code == 207
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [202, 422, 202, 400]
    assert items[1]["faults"][0]["field"] == "data.deceased.nino"
    again = await caller.post([told[0], event()], BATCH)
    assert (again.status_code, [item["replayed"] for item in again.json()["items"]]) == (202, [True, False])


async def test_an_item_of_a_time_beyond_all_times_harms_no_other(api: Api) -> None:
    answer = await (await api.caller()).post([event(), event(sourceTime="0001-01-01T00:00:00+14:00"), event()], BATCH)
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [202, 422, 202]
    assert items[1]["faults"][0]["field"] == "data.sourceTime"


async def test_an_object_of_more_members_than_any_is_refused_before_each_is_looked_at(api: Api) -> None:
    caller, many = await api.caller(), {f"k{number}": 1 for number in range(20_000)}
    assert problem(await caller.post(event(**many)))["status"] == 400
    listed = event(deceased={"aliases": [1] * 20_000})
    answer = await caller.post([event(), event(deceased=many), listed], BATCH)
    assert [item["status"] for item in answer.json()["items"]] == [202, 400, 400]


async def test_what_is_too_much_and_what_is_too_deep_are_told_apart(api: Api) -> None:
    caller = await api.caller()
    flat = await caller.post(b"[" + b"{}," * 40_000 + b"{}]", BATCH)
    deep = await caller.post(b"[" * 20 + b"]" * 20, BATCH)
    assert [problem(one)["faults"][0]["fault"] for one in (flat, deep)] == ["has too many objects and lists", "is nested too deeply"]


async def test_what_is_not_valid_counts_against_the_rate_too(api: Api) -> None:
    caller = await api.caller(per_second=3)
    assert 429 in [(await caller.post(b"{}")).status_code for _ in range(8)]


async def test_questions_count_against_a_rate_of_their_own(api: Api) -> None:
    caller = await api.caller(per_second=3)
    asked = [await api.http.get("/v1/cases/AAAA", headers=caller.headers) for _ in range(8)]
    refused = problem(asked[-1])
    assert (refused["status"], refused["title"]) == (429, "Faster than this client may call")
    assert (await caller.post(event())).status_code == 202


async def test_no_crowd_at_the_other_doors_keeps_a_notification_waiting(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.intake.clients.CLIENT_CACHE_SECONDS", -1.0)  # each call looks
    caller = await api.caller()
    async with contextlib.AsyncExitStack() as crowd:
        for pool in (api.parts.pool, api.parts.keystore):
            for _ in range(pool.max_size):
                await crowd.enter_async_context(pool.connection())
        assert [(await caller.post(event())).status_code for _ in range(3)] == [202] * 3
        assert (await api.http.get("/health/ready")).status_code == 200


async def test_under_a_wrong_master_key_nothing_is_accepted(intake_settings: Settings, api: Api) -> None:
    assert (await (await api.caller()).post(event())).status_code == 202
    other = intake_settings.model_copy(update={"master_key": SecretStr("44" * 32)})
    async with running_api(other) as mistaken:
        answer = await (await mistaken.caller("others")).post(event())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


async def test_a_bad_field_is_named_with_its_fault_and_what_is_accepted_and_without_its_value(api: Api) -> None:
    caller = await api.caller()
    answer = await caller.post(event(standing="sure", deceased={"nino": "ZZ999999Z", "names": {"family": "Secretname"}}))
    document = problem(answer)
    assert document["status"] == 422
    assert {fault["field"] for fault in document["faults"]} >= {"data.standing"}
    assert all(fault["fault"] and fault["accepted"] for fault in document["faults"])
    assert b"ZZ999999Z" not in answer.content
    assert b"Secretname" not in answer.content


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/cloudevents+json", 400),
        (b"", "application/cloudevents+json", 400),
        (b"[]", "application/cloudevents+json", 400),
        (b"{}", "application/cloudevents+json", 422),
        (b"[" * 100_000, "application/cloudevents+json", 400),
        (b'{"x":' * 50 + b"1" + b"}" * 50, "application/cloudevents+json", 400),
        (b"x" * 300_000, "application/cloudevents+json", 413),
        (b"\xff\xfe", "application/cloudevents+json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", BATCH, 400),
        (b"[]", BATCH, 400),
        (b"[" + b"{}," * 500 + b"{}]", BATCH, 413),
        (b"nonsense", BATCH, 400),
    ],
)
async def test_what_cannot_be_taken_is_a_problem(api: Api, body: bytes, media: str, status: int) -> None:
    assert problem(await (await api.caller()).post(body, media))["status"] == status


async def test_a_key_on_a_batch_and_a_key_of_a_strange_form_are_refused(api: Api) -> None:
    caller = await api.caller()
    assert problem(await caller.post([event()], BATCH, idempotency_key="k"))["faults"][0]["field"] == "Idempotency-Key"
    assert problem(await caller.post(event(), idempotency_key="k" * 256))["status"] == 400


async def test_nobody_unknown_tells_the_hub_anything(api: Api) -> None:
    for authorization in ("", "Basic abc", "Bearer tuo_short", "Bearer tuo_" + "x" * 43):
        answer = await api.http.post(
            "/v1/notifications", json=event(), headers={"authorization": authorization, "content-type": "application/cloudevents+json"}
        )
        assert problem(answer)["status"] == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_hospital_cannot_register_a_death(api: Api) -> None:
    caller = await api.caller("hospital", SourceKind.HOSPITAL)
    document = problem(await caller.post(event()))
    assert (document["status"], document["faults"][0]["accepted"]) == (403, "at most informal")


async def test_who_is_too_fast_is_told_when_to_come_back(api: Api) -> None:
    caller = await api.caller(per_second=3)
    answers = [await caller.post(event()) for _ in range(8)]
    refused = [a for a in answers if a.status_code == 429]
    assert refused
    assert problem(refused[0])["status"] == 429
    assert int(refused[0].headers["retry-after"]) >= 1


async def test_other_addresses_and_methods_are_problems_too(api: Api) -> None:
    assert problem(await api.http.get("/nowhere"))["status"] == 404
    assert problem(await api.http.get("/v1/notifications"))["status"] == 405


async def test_metrics_count_what_was_accepted_once(api: Api) -> None:
    async def accepted() -> float:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(observing("api", api.parts.ready)), base_url="http://hub") as looks:
            lines = (await looks.get("/metrics")).text.splitlines()
        return float(next(line for line in lines if line.startswith('tuo_notifications_accepted_total{kind="bereavement"}')).split()[1])

    caller, told, before = await api.caller(), event(), await accepted()
    await caller.post(told)
    await caller.post(told)
    assert await accepted() == before + 1


async def test_the_door_shows_health_and_no_metrics(api: Api) -> None:
    assert problem(await api.http.get("/metrics"))["status"] == 404
    assert (await api.http.get("/health/live")).status_code == 200
