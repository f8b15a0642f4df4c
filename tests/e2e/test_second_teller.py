"""Two who tell of one death: the second is thanked, nobody hears it twice, and nobody hears what it said itself."""

from tests.e2e.planted import STEVENAGE, Person, death
from tests.e2e.scene import Scene
from tests.waiting import await_that

COUNCIL_TAX = "stevenage.council-tax"


def test_what_a_hospital_tells_is_held_and_shown_and_released_by_the_registration(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    informal = death(ada, "informal")
    hospital = scene.tell(informal, "hospital")
    assert hospital["understood"] == {
        "kind": "bereavement", "standing": "informal", "fact": "asserted", "position": "new", "alreadyTold": False,
    }  # fmt: skip
    await_that(lambda: bool(scene.case(hospital["reference"], "hospital")["notTold"]), 20, "it is planned")
    case = scene.case(hospital["reference"], "hospital")
    assert {(one["recipient"], one["decision"], one["rule"]) for one in case["notTold"]} == {
        (recipient, "held", "standing") for recipient in scene.due(STEVENAGE)
    }
    assert case["state"] == "telling"
    page = scene.page(hospital["links"]["page"])
    assert "we have not told yet" in page
    assert page.count("once it is registered") == len(scene.due(STEVENAGE))

    relative = scene.tell(death(ada, "informal", minute=5), "relative")
    assert relative["understood"]["alreadyTold"]
    assert relative["reference"] != hospital["reference"]
    assert scene.heard_when_settled(ada) == []

    registrar = scene.tell(death(ada, minute=9))
    assert (registrar["understood"]["alreadyTold"], registrar["understood"]["position"]) == (True, "newer")
    for reference, by in ((hospital, "hospital"), (relative, "relative"), (registrar, "registrar")):
        assert scene.await_case(reference["reference"], "complete", by)["standing"] == "registered"
    heard = scene.heard(ada)
    assert sorted(one.recipient for one in heard) == sorted(scene.due(STEVENAGE))
    assert {(one.notice, one.data["standing"]) for one in heard} == {("notified", "registered")}


def test_trap_n_who_tells_again_what_everybody_knows_is_thanked_and_nothing_is_sent_twice(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    scene.tell(death(ada))
    heard = scene.heard_when_settled(ada)
    assert len(heard) == len(scene.due(STEVENAGE))
    again = scene.tell(death(ada, "informal", minute=60), "hospital")
    assert (again["understood"]["alreadyTold"], again["understood"]["position"]) == (True, "repeated")
    assert scene.heard_when_settled(ada) == heard
    assert set(scene.states(again["reference"], "hospital")) == scene.due(STEVENAGE)


def test_a_register_that_says_the_same_of_a_registration_at_a_later_time_tells_nobody_anew(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    scene.tell(death(ada))
    heard = scene.heard_when_settled(ada)
    assert len(heard) == len(scene.due(STEVENAGE))
    again = scene.tell(death(ada, minute=90), "register")
    assert again["understood"]["alreadyTold"]
    assert scene.heard_when_settled(ada) == heard
    assert scene.await_case(again["reference"], "complete", "register")["version"] >= 1


def test_a_council_service_that_told_hears_only_what_it_did_not_say(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    said = death(ada, "informal", deceased={"dateOfDeath": {"value": ada.died[:7]}})
    scene.tell(said, COUNCIL_TAX)
    registered = death(ada, minute=5)
    scene.tell(registered)
    heard = scene.heard_when_settled(ada)
    assert {one.recipient for one in heard} == scene.due(STEVENAGE)
    (echo,) = [one for one in heard if one.recipient == COUNCIL_TAX]
    assert echo.data == {"standing": "registered", "fact": "asserted", "deceased": {"dateOfDeath": {"value": ada.died}}}
    assert (echo.event["originsource"], echo.event["originid"]) == (said["source"], said["id"])
    for other in heard:
        if other is not echo:
            assert other.data == scene.entries[other.recipient].cut(registered["data"])
            assert "originid" not in other.event
