"""The same told again, something else under the same name, and what cannot be taken: as a client over HTTP meets them."""

import json

import httpx
import orjson
import pytest

from tests.e2e.planted import STEVENAGE, Person, death, planted
from tests.e2e.scene import Scene

_ONE = "application/cloudevents+json"


def _problem(answer: httpx.Response, status: int) -> dict[str, object]:
    """The problem document of an answer, whose form is that of every error."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, object] = answer.json()
    assert document["status"] == status
    assert str(document["type"]).startswith("urn:tuo:problem:")
    assert document["title"]
    assert document["detail"]
    return document


def test_trap_e_the_same_again_gives_the_first_answer_marked_as_a_replay(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    event = death(ada)
    first = scene.post(event)
    assert "idempotency-replayed" not in first.headers
    again = scene.post(event)
    # The same event in other bytes: members in another order, the postcode as people type it.
    other = json.loads(json.dumps(event, indent=3, sort_keys=True))
    other["data"]["deceased"]["usualAddress"]["postcode"] = "sg11xx"
    for answer in (again, scene.post(other)):
        assert (answer.status_code, answer.json()) == (202, first.json())
        assert answer.headers["idempotency-replayed"] == "true"
    assert len(scene.heard_when_settled(ada)) == len(scene.due(STEVENAGE))


def test_another_content_under_the_same_source_and_id_or_the_same_key_is_a_conflict(scene: Scene) -> None:
    ada, ben = Person(STEVENAGE), Person(STEVENAGE)
    key = planted(f"key-{ada.tag}")
    first, other = death(ada), death(ben)
    reference = scene.post(first, idempotency_key=key).json()["reference"]
    under_its_id = other | {"id": first["id"], "source": first["source"]}
    for answer in (
        scene.post(under_its_id),
        scene.post(other, idempotency_key=key),
        scene.post(under_its_id, idempotency_key=planted(f"key-{ben.tag}")),
    ):
        assert _problem(answer, 409)["type"] == "urn:tuo:problem:conflict"
    # Each of the two alone knows the first again; another client's keys are its own.
    assert scene.post(first).json()["reference"] == reference
    assert scene.post(first, idempotency_key=key).json()["reference"] == reference
    hospital = scene.post(death(ada, "informal") | {"id": first["id"], "source": first["source"]}, "hospital", idempotency_key=key)
    assert hospital.status_code == 202
    assert hospital.json()["reference"] != reference
    assert scene.heard_when_settled(ben) == []
    assert len(scene.heard(ada)) == len(scene.due(STEVENAGE))


def test_one_bad_item_of_a_batch_harms_no_other(scene: Scene) -> None:
    ada, ben, cyd = Person(STEVENAGE), Person(STEVENAGE), Person(STEVENAGE)
    bad = death(ben, deceased={"nino": planted(f"QQ{ben.registration}")})
    batch = [death(ada), bad, death(cyd)]
    answer = scene.post(batch)
    assert answer.status_code == 207
    first, second, third = answer.json()["items"]
    assert (first["id"], first["status"], first["replayed"]) == (batch[0]["id"], 202, False)
    assert (third["id"], third["status"]) == (batch[2]["id"], 202)
    assert (second["status"], [fault["field"] for fault in second["faults"]]) == (422, ["data.deceased.nino"])
    scene.errors.append(orjson.dumps(second))
    assert {one["status"] for one in scene.post([batch[0], batch[2]]).json()["items"]} == {202}
    assert [one["replayed"] for one in scene.post([batch[0], batch[2]]).json()["items"]] == [True, True]
    assert scene.heard_when_settled(ben) == []
    assert len(scene.heard(ada)) == len(scene.heard(cyd)) == len(scene.due(STEVENAGE))


def test_binary_mode_is_the_same_event(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    event = death(ada)
    said = {f"ce-{name}": event[name] for name in ("specversion", "id", "source", "type")}
    body = orjson.dumps(event["data"])
    answer = scene.request("POST", "/v1/notifications", "registrar", content=body, headers={"content-type": "application/json"} | said)
    assert answer.status_code == 202
    assert scene.post(event).json()["reference"] == answer.json()["reference"]
    assert len(scene.heard_when_settled(ada)) == len(scene.due(STEVENAGE))


def test_every_bad_field_is_named_with_its_fault_and_what_is_accepted(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    event = death(ada, deceased={"nino": planted(f"XX {ada.tag}"), "dateOfDeath": {"value": "2026-02-30"}}, favourite=ada.family)
    document = _problem(scene.post(event), 422)
    faults = document["faults"]
    assert isinstance(faults, list)
    assert {fault["field"] for fault in faults} == {"data.deceased.nino", "data.deceased.dateOfDeath.value", "data"}
    for fault in faults:
        assert fault["fault"]
        assert fault["accepted"]
    assert scene.heard_when_settled(ada) == []


@pytest.mark.parametrize(
    ("status", "by", "kind", "change"),
    [
        (401, None, _ONE, {}),
        (403, "hospital", _ONE, {}),
        (415, "registrar", "text/xml", {}),
        (422, "registrar", _ONE, {"type": "uk.tellusonce.wedding.v1"}),
    ],
)
def test_whatever_is_refused_says_why(scene: Scene, status: int, by: str | None, kind: str, change: dict[str, str]) -> None:
    ada = Person(STEVENAGE)
    answer = scene.request("POST", "/v1/notifications", by, content=orjson.dumps(death(ada) | change), headers={"content-type": kind})
    _problem(answer, status)
    assert scene.heard_when_settled(ada) == []


@pytest.mark.parametrize(("status", "body"), [(400, b'{"id": "%b"'), (400, b"[" * 40 + b'"%b"' + b"]" * 40), (413, b"%b" + b" " * 300_000)])
def test_what_cannot_be_read_is_refused_whole(scene: Scene, status: int, body: bytes) -> None:
    sent = body % Person().tag.encode()
    _problem(scene.request("POST", "/v1/notifications", "registrar", content=sent, headers={"content-type": _ONE}), status)
