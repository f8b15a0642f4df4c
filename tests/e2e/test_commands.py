"""The command line on a running hub: what a script reads, and how each command ends."""

from typing import Any

import orjson
import pytest

from connectors.kit.simulator import Wire
from schemas import Answer
from tests.e2e.planted import STEVENAGE, Person, death
from tests.e2e.scene import Scene
from tests.waiting import await_that

LICENCES, HOUSING = "dvla.licences", "stevenage.housing"


def _json(scene: Scene, *arguments: str, ends: int = 0) -> Any:
    """The one document a command prints."""
    done = scene.hub.run(*arguments, "--json")
    assert done.returncode == ends, done.stderr
    return orjson.loads(done.stdout)


def _states(status: dict[str, Any]) -> dict[str, str]:
    return {one["recipient"]: one["state"] for one in status["deliveries"]}


def test_status_says_what_the_api_says_and_ends_by_whether_everybody_is_told(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    with scene.down(LICENCES):
        reference = scene.tell(death(ada))["reference"]
        await_that(lambda: scene.states(reference).get(LICENCES) == "queued", 20, "it waits")
        assert _json(scene, "status", reference, ends=1)["state"] == "telling"
        listed = ("deliveries", "list", "--state", "queued", "--recipient", LICENCES)
        # At this very moment it may be on its way as a probe.
        await_that(lambda: bool(_json(scene, *listed)), 20, "it is listed")
    scene.await_case(reference, "complete")
    scene.settle()
    shown = _json(scene, "status", f"{reference[:4]} {reference[4:8].lower()} {reference[8:]}")
    assert (shown["reference"], shown["state"] in ("told", "complete")) == (reference, True)
    assert {one["recipient"] for one in shown["deliveries"]} == scene.due(STEVENAGE)
    # An operator sees what a teller may not.
    await_that(lambda: _states(_json(scene, "status", reference))["dwp.benefits"] == "applied", 20, "it has answered", every=0.5)
    assert scene.states(reference)["dwp.benefits"] == "accepted"


def test_a_rejection_is_a_task_that_is_closed_by_hand(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    scene.behave(HOUSING, answer=Answer.REJECTED, reason="There is no tenancy of this household.")
    reference = scene.tell(death(ada))["reference"]
    rejected = next(one for one in scene.await_case(reference, "needs attention")["deliveries"] if one["recipient"] == HOUSING)
    scene.behave(HOUSING)
    (task,) = [one for one in _json(scene, "tasks", "list", "--cause", "rejected") if one["delivery"] == rejected["delivery"]]
    assert (task["recipient"], task["closedAt"]) == (HOUSING, None)
    assert scene.hub.run("tasks", "close", str(task["id"])).returncode == 0
    assert task["id"] not in {one["id"] for one in _json(scene, "tasks", "list")}
    again = scene.hub.run("tasks", "close", str(task["id"]))
    assert (again.returncode, again.stderr.startswith("tuo: There is no open task")) == (1, True)


def test_a_paused_recipient_hears_nothing_until_it_is_resumed(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    assert scene.hub.run("recipients", "pause", LICENCES, "--why", "system renewal").returncode == 0
    (paused,) = [one for one in _json(scene, "recipients", "list") if one["recipient"] == LICENCES]
    assert paused["paused"] == "system renewal"
    scene.tell(death(ada))
    await_that(lambda: len(scene.heard(ada)) == len(scene.due(STEVENAGE)) - 1, 20, "all others hear it", every=0.1)
    assert scene.hub.run("recipients", "resume", LICENCES).returncode == 0
    assert {one.recipient for one in scene.heard_when_settled(ada)} == scene.due(STEVENAGE)
    assert scene.hub.run("recipients", "resume", LICENCES).returncode == 1


def test_what_is_refused_fails_and_goes_back_by_redrive_under_the_same_id(scene: Scene) -> None:
    ada = Person(STEVENAGE)
    scene.behave(LICENCES, wire=Wire.STATUS, status=422)
    reference = scene.tell(death(ada))["reference"]
    scene.await_case(reference, "needs attention")
    scene.behave(LICENCES)
    (failed,) = _json(scene, "deliveries", "list")
    assert (failed["recipient"], failed["state"], failed["told"]) == (LICENCES, "failed", True)
    assert _json(scene, "deliveries", "redrive", failed["delivery"]) == [failed["delivery"]]
    scene.await_case(reference, "complete")
    assert [one.repeated for one in scene.heard(ada) if one.recipient == LICENCES] == [False, True]
    assert _json(scene, "deliveries", "list") == []


def test_the_register_the_clients_and_the_dead_letters_are_listed_and_the_installation_is_well(scene: Scene) -> None:
    assert {one["recipient"] for one in _json(scene, "recipients", "list")} == set(scene.entries)
    assert _json(scene, "recipients", "check")["faults"] == []
    clients = {one["id"]: one for one in _json(scene, "clients", "list")}
    assert clients["hospital"]["sourceKind"] == "hospital"
    assert "key" not in clients["hospital"]
    added = _json(scene, "clients", "add", "Stevenage hospice", "--source-kind", "hospital")
    scene.keys["hospice"] = added["key"]
    assert scene.post(death(Person(STEVENAGE), "informal"), "hospice").status_code == 202
    assert scene.hub.run("clients", "revoke", added["id"]).returncode == 0
    await_that(lambda: scene.post(death(Person(STEVENAGE), "informal"), "hospice").status_code == 401, 10, "its key is worth nothing")
    assert isinstance(_json(scene, "deadletters", "list"), list)
    examined = _json(scene, "doctor")
    assert examined["fit"]
    assert {one["what"]: one["verdict"] for one in examined["findings"]}["kafka"] == "ok"


@pytest.mark.parametrize(
    ("arguments", "ends"),
    [(("status", "4KXR D7WM 2PYN"), 1), (("erase", "nonsense", "--yes"), 1), (("deadletters", "show", "999999"), 1), (("status",), 2)],
)
def test_what_a_person_mistypes_is_a_sentence(scene: Scene, arguments: tuple[str, ...], ends: int) -> None:
    done = scene.hub.run(*arguments)
    assert done.returncode == ends
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
