"""A registered death in Stevenage, told once, and everybody who must know of it."""

import orjson

from connectors.kit.simulator import Wire
from schemas import Answer, State, parse_message_id
from tests.e2e.kafka_records import records
from tests.e2e.planted import STEVENAGE, Person, full_death
from tests.e2e.scene import Scene
from tests.waiting import await_that

PASSPORTS = "passport-office.passports"
TAX = "hmrc.tax"


def test_it_reaches_the_county_the_district_and_the_centre_each_with_its_agreement_s_fields(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    event = full_death(ada)
    scene.tell(event)
    heard = scene.heard_when_settled(ada)
    assert {one.recipient for one in heard} == scene.due(STEVENAGE)
    assert len(heard) == len(scene.due(STEVENAGE))
    for one in heard:
        assert one.notice == "notified"
        assert one.data == scene.entries[one.recipient].cut(event["data"]), one.recipient
    assert {one.event["subject"] for one in heard}.isdisjoint(ada.__dict__.values())
    assert len({one.event["subject"] for one in heard}) == len(heard)


def test_its_case_goes_from_telling_to_told_to_complete_as_recipients_say_what_they_did(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    scene.behave(PASSPORTS, wire=Wire.DOWN)
    told = scene.tell(full_death(ada))
    reference, page = told["reference"], told["links"]["page"]
    await_that(lambda: set(scene.states(reference).values()) == {"queued", "applied", "accepted"}, 30, "all others have answered")
    assert scene.case(reference)["state"] == "telling"
    assert "We are telling the services" in scene.page(page)
    assert "We have not been able to reach them yet. We keep trying." in scene.page(page)

    scene.behave(PASSPORTS, answer=None)
    scene.await_case(reference, "told")
    assert "Everyone we are telling has received the news." in scene.page(page)

    message = next(one.event["id"] for one in scene.heard(ada) if one.recipient == PASSPORTS)
    assert scene.acknowledge(message, "dvla.licences", Answer.APPLIED).status_code == 404
    assert scene.acknowledge(message, PASSPORTS, Answer.APPLIED).json()["state"] == "applied"
    scene.behave(PASSPORTS)
    case = scene.await_case(reference, "complete")
    for one in case["deliveries"]:
        entry = scene.entries[one["recipient"]]
        assert one["told"]
        assert one["state"] == ("applied" if entry.answers and entry.agreed["bereavement"].shows_answers else "accepted"), one["recipient"]
    assert {one["recipient"] for one in case["deliveries"]} == scene.due(STEVENAGE)
    assert "Everyone we told has received the news. You do not need to tell them again." in scene.page(page)


def test_a_recipient_with_a_topic_collects_with_the_kit_s_consumer_and_answers_on_its_own(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    scene.await_case(scene.tell(full_death(ada))["reference"], "complete")
    (collected,) = [one for one in scene.heard(ada) if one.recipient == TAX]
    bootstrap = scene.hub.settings().kafka_bootstrap
    on_topic = [one for one in records(bootstrap, f"recipient.{TAX}") if one.value and orjson.loads(one.value) == collected.event]
    assert [one.key for one in on_topic] == [collected.event["subject"].encode()]
    said = "SELECT channel, answer FROM answer JOIN delivery ON delivery.id = delivery WHERE delivery.id = %s"
    delivery, _ = parse_message_id(collected.event["id"]) or (None, 0)
    assert scene.query(said, delivery) == [("topic", int(State.APPLIED))]
    topic = f"acknowledgements.{TAX}"
    await_that(lambda: not list(records(bootstrap, topic)), 20, "what was answered leaves the topic", every=0.3)


def test_every_change_of_state_is_news_on_kafka(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    reference = scene.tell(full_death(ada))["reference"]
    case = scene.await_case(reference, "complete")
    scene.settle()
    ((case_id,),) = scene.query("SELECT case_id FROM reference WHERE code = %s", reference)
    news = [
        orjson.loads(one.value)["data"]
        for one in records(scene.hub.settings().kafka_bootstrap, "delivery-status")
        if one.key == str(case_id).encode() and one.value
    ]
    assert [one["state"] for one in news if "delivery" not in one] == ["planned"]
    ends = {one["recipient"]: one["state"] for one in news if "delivery" in one}
    assert ends == {recipient: "applied" if scene.entries[recipient].answers else "accepted" for recipient in scene.due(STEVENAGE)}
    assert {one["delivery"] for one in case["deliveries"]} == {one["delivery"] for one in news if "delivery" in one}
