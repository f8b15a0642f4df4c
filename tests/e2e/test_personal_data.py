"""Nothing personal outside the seal: looked for after everything else in this folder has happened, wherever anything is left behind."""

import base64
from hashlib import sha256
from urllib.parse import quote

import orjson
import pytest
from kafka import KafkaProducer

from schemas import Answer
from tests.e2e import leaks
from tests.e2e.planted import LIVERPOOL, PLANTED, STEVENAGE, Person, death, full_death, word
from tests.e2e.scene import Heard, Scene
from tests.waiting import await_that

COUNCIL_TAX, HOUSING, TAX = "stevenage.council-tax", "stevenage.housing", "hmrc.tax"


@pytest.fixture(scope="module")
def told(scene: Scene) -> Person:
    """Somebody of whom everything was told, answered and got wrong that can be: this file alone leaves every kind of trace."""
    ada = Person(STEVENAGE)
    scene.behave(TAX, answer=Answer.REJECTED, reason=f"{word()} is taxed under another name.")
    reference = scene.tell(full_death(ada))["reference"]
    # Alike, and elsewhere: proposed as a match, with its evidence.
    scene.tell(death(Person(LIVERPOOL, tag=ada.tag, family=ada.family, born=ada.born, died=ada.died), "informal"), "hospital")
    heard = {one.recipient: one for one in scene.heard_when_settled(ada)}
    scene.behave(TAX)
    _ask_wrongly(scene, ada, heard[HOUSING])
    scene.acknowledge(heard[HOUSING].event["id"], HOUSING, Answer.REJECTED, reason=f"{word()} took the tenancy over.")
    _answer_wrongly_on_the_topic(scene, ada, heard[TAX])
    scene.page(scene.case(reference)["links"]["page"])
    scene.settle()
    return ada


def _ask_wrongly(scene: Scene, ada: Person, heard: Heard) -> None:
    """Errors that carry what is personal in every part of a request."""
    before = len(scene.errors)
    scene.post(death(ada, fact=ada.tag))
    scene.post(death(ada, deceased={"nino": f"{ada.nino}X", ada.tag: ada.nhs_number}))
    scene.post(death(ada), idempotency_key=f"{ada.tag} {ada.family}")
    scene.request("GET", f"/v1/cases/{ada.tag}", "registrar")
    scene.request("GET", f"/status/{ada.tag}.{ada.nino}.{ada.family}")
    scene.request("GET", f"/{ada.tag}?name={ada.family}", headers={"x-name": ada.tag, "cookie": f"name={ada.family}"})
    scene.request("POST", f"/v1/messages/{ada.tag}/acknowledgement", HOUSING, json={"answer": "applied", "reason": ada.line})
    scene.request("POST", f"/v1/messages/{heard.event['id']}/acknowledgement", HOUSING, json={"answer": ada.tag, ada.family: ada.nino})
    assert len(scene.errors) == before + 8


def _answer_wrongly_on_the_topic(scene: Scene, ada: Person, heard: Heard) -> None:
    """An answer that is none, with a name in it: it becomes a dead letter."""
    producer = KafkaProducer(bootstrap_servers=scene.hub.settings().kafka_bootstrap)
    value = orjson.dumps({"answer": "rejected", "why": f"{ada.tag} {ada.family} is not known at {ada.line}"})
    producer.send(f"acknowledgements.{TAX}", key=heard.event["id"].encode(), value=value).get(timeout=10)
    producer.close()
    await_that(lambda: scene.query("SELECT count(*) FROM dead_letter") != [(0,)], 20, "it is a dead letter")


def test_the_search_finds_what_stands_on_a_recipient_s_own_topic_in_every_form(scene: Scene, told: Person) -> None:
    _, own = leaks.on_kafka(scene)
    assert f"recipient.{TAX} values: as it is" in leaks.seen(own, [told.nino])
    raw = told.line.encode()
    ways = {
        "as it is": told.line.upper().encode(), "bare": told.line.replace(" ", "").encode(), "hex": raw.hex().upper().encode(),
        "base64": base64.b64encode(b"{ " + raw + b"}"), "url": quote(raw).encode(), "hash sha256": sha256(raw).hexdigest().encode(),
    }  # fmt: skip
    for form, text in ways.items():
        assert f"here: {form}" in leaks.seen({"here": b"\xff" + text + b"\xff"}, [told.line])


def test_no_log_names_anybody(scene: Scene, told: Person) -> None:
    said = leaks.logs(scene)
    assert "log deliver.log: as it is" in leaks.seen(said, [COUNCIL_TAX])
    assert leaks.seen(said, PLANTED) == []


def test_kafka_names_nobody_but_on_recipients_own_topics(scene: Scene, told: Person) -> None:
    # Answers leave their topics once the ledger has them sealed.
    await_that(lambda: f"acknowledgements.{TAX} values" not in leaks.on_kafka(scene)[0], 20, "answers are cleared", every=0.5)
    places, _ = leaks.on_kafka(scene)
    ((case_id,),) = scene.query("SELECT case_id::text FROM reference WHERE client = 'registrar' ORDER BY opened_at DESC LIMIT 1")
    found = {where.partition(":")[0] for where in leaks.seen(places, [case_id])}
    assert {"life-events headers", "delivery-status keys", "delivery-status values"} <= found
    assert {f"{topic} {part}" for topic in ("life-events", f"recipient.{TAX}") for part in ("keys", "headers")} <= set(places)
    assert leaks.seen(places, PLANTED) == []


def test_no_column_outside_the_seal_names_anybody(scene: Scene, told: Person) -> None:
    places = leaks.tables(scene)
    found = {where.partition(":")[0] for where in leaks.seen(places, [COUNCIL_TAX])}
    assert {"ledger client.recipient", "ledger lane.recipient", "ledger plan.decisions", "ledger register.content"} <= found
    assert places["keys data_key.wrapped"]
    assert leaks.seen(places, PLANTED) == []


def test_metrics_errors_and_status_pages_name_nobody(scene: Scene, told: Person) -> None:
    places = leaks.shown(scene)
    assert leaks.seen(places, ["tuo_delivery_attempts_total"])
    assert {f"metrics of {role}" for role in scene.hub.urls} < set(places)
    assert places["errors of the API"]
    assert places["status pages"]
    assert leaks.seen(places, PLANTED) == []
