"""What becomes of a death that was told: corrected, moved to another council, cancelled, registered again, and not so at all."""

from collections.abc import Mapping
from typing import Any

import orjson

from connectors.kit.simulator import Wire
from tests.e2e.planted import LIVERPOOL, STEVENAGE, Person, death, planted, word
from tests.e2e.register import ONE_BY_ONE
from tests.e2e.scene import Heard, Scene
from tests.waiting import await_that

KEEPERS = "dvla.keepers"


def _last(heard: list[Heard]) -> dict[str, Heard]:
    return {one.recipient: one for one in heard}


def _is_part(some: Any, whole: Any) -> bool:
    """Whether everything in `some` stands in `whole` with the same value, what the hub says of the case itself aside."""
    if isinstance(some, Mapping) and isinstance(whole, Mapping):
        return all(name in whole and (name in ("standing", "fact") or _is_part(value, whole[name])) for name, value in some.items())
    return bool(some == whole)


def test_trap_m_a_correction_goes_to_everyone_told_with_what_is_true_now(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    told = scene.tell(death(ada))
    first = scene.heard_when_settled(ada)
    newer = death(ada, minute=10, deceased={"names": {"given": [ada.tag, word()], "family": word()}})
    corrected = scene.tell(newer)
    assert (corrected["understood"]["position"], corrected["reference"]) == ("newer", told["reference"])
    heard = scene.heard_when_settled(ada)[len(first) :]
    assert sorted(one.recipient for one in heard) == sorted(scene.due(STEVENAGE))
    for one in heard:
        assert (one.notice, one.event["caseversion"]) == ("corrected", 2)
        assert one.data == scene.entries[one.recipient].cut(newer["data"])
        assert one.event["subject"] == _last(first)[one.recipient].event["subject"]
    late = scene.tell(death(ada, minute=5, deceased={"names": {"given": [ada.tag], "family": word()}}))
    assert late["understood"]["position"] == "older"
    assert len(scene.heard_when_settled(ada)) == 2 * len(heard)


def test_trap_i_a_cancellation_its_removal_and_a_retraction_reach_everyone_told_and_nobody_else(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    everyone = scene.due(STEVENAGE)
    with scene.down(KEEPERS):
        reference = scene.tell(death(ada))["reference"]
        await_that(lambda: len(scene.heard(ada)) == len(everyone) - 1, 30, "all others are told")
        scene.tell(death(ada, fact="cancelled", minute=10))
        await_that(lambda: len(scene.heard(ada)) == 2 * (len(everyone) - 1), 30, "all others hear of the cancellation")
    heard = scene.heard_when_settled(ada)
    told, cancelled = heard[: len(everyone) - 1], heard[len(everyone) - 1 :]
    assert {one.recipient for one in told} == {one.recipient for one in cancelled} == everyone - {KEEPERS}
    for one in cancelled:
        assert (one.notice, one.data["fact"]) == ("cancelled", "cancelled")
        assert _is_part(one.data, _last(told)[one.recipient].data)
        assert not {"usualAddress", "nino"} & one.data["deceased"].keys()

    scene.tell(death(ada, minute=20))
    restored = scene.heard_when_settled(ada)[len(heard) :]
    assert {one.recipient: one.notice for one in restored} == dict.fromkeys(everyone, "corrected") | {KEEPERS: "notified"}
    assert {one.data["fact"] for one in restored} == {"asserted"}

    scene.tell(death(ada, fact="retracted", minute=30))
    retracted = scene.heard_when_settled(ada)[len(heard) + len(restored) :]
    assert {one.recipient for one in retracted} == everyone
    assert len(retracted) == len(everyone)
    for one in retracted:
        assert (one.notice, one.data["fact"]) == ("retracted", "retracted")
        assert _is_part(one.data, _last(restored)[one.recipient].data)
        assert one.event["contactname"] == "Jo Sample, putting records right"
    ((case_id,),) = scene.query("SELECT case_id::text FROM reference WHERE code = %s", reference)
    tasks = orjson.loads(scene.hub.tuo("tasks", "list", "--cause", "breach-assessment", "--json"))
    assert [set(task["evidence"]["recipients"]) for task in tasks if task["caseId"] == case_id] == [everyone]
    asked = scene.query("SELECT recipient FROM task WHERE cause = 'told-not-so' AND case_id = %s", case_id)
    assert {recipient for (recipient,) in asked} == everyone


def test_not_dead_overtakes_everything_that_waits_for_a_recipient(scene: Scene) -> None:
    ada, others = Person(STEVENAGE), [Person(LIVERPOOL) for _ in range(24)]
    reference = scene.tell(death(ada))["reference"]
    scene.settle()
    before = len(scene.simulator.arrivals(ONE_BY_ONE))
    scene.behave(ONE_BY_ONE, wire=Wire.DOWN)
    try:
        scene.post([death(other) for other in others])
        waiting = "SELECT count(*) FROM delivery JOIN lane ON lane.id = lane WHERE recipient = %s AND state = 1"
        await_that(lambda: scene.query(waiting, ONE_BY_ONE) == [(len(others),)], 30, "all wait for it")
        scene.tell(death(ada, fact="retracted", minute=30))
        await_that(lambda: scene.query(waiting, ONE_BY_ONE) == [(len(others) + 1,)], 30, "the retraction waits too")
        await_that(lambda: scene.query("SELECT breaker FROM lane WHERE recipient = %s", ONE_BY_ONE) == [(1,)], 30, "its breaker opens")
    finally:
        scene.behave(ONE_BY_ONE)
    scene.settle()
    came = [one.type.split(".")[3] for one in scene.simulator.arrivals(ONE_BY_ONE)[before:]]
    assert sorted(came) == ["notified"] * len(others) + ["retracted"]
    assert came.index("retracted") <= 1  # one that waits may go ahead of it, as the probe of the open breaker
    assert scene.case(reference)["fact"] == "retracted"


def test_an_address_corrected_to_another_council_is_taken_back_there_and_told_here(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    scene.tell(death(ada))
    first = _last(scene.heard_when_settled(ada))
    address = {"lines": [planted(f"8 {word()} Steps"), "Liverpool"], "postcode": LIVERPOOL.postcode}
    moved = death(ada, minute=10, deceased={"usualAddress": address, "maritalStatus": "widowed"})
    scene.tell(moved)
    heard = scene.heard_when_settled(ada)[len(first) :]
    here, there = scene.due(STEVENAGE), scene.due(LIVERPOOL)
    # Who may read neither the address nor what else changed has no news in it.
    changed = {one for one in here & there if scene.entries[one].cut(moved["data"]) != first[one].data}
    assert changed < here & there
    notices = dict.fromkeys(here - there, "withdrawn") | dict.fromkeys(there - here, "notified") | dict.fromkeys(changed, "corrected")
    assert {one.recipient: one.notice for one in heard} == notices
    assert len(heard) == len(notices)
    for one in heard:
        if one.notice == "withdrawn":
            assert _is_part(one.data, first[one.recipient].data), one.recipient
            assert "usualAddress" not in one.data["deceased"]
        else:
            assert one.data == scene.entries[one.recipient].cut(moved["data"])
