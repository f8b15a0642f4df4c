"""Nobody to tell, nowhere to look, nothing that allows it: never a silence, always an outcome that is shown, and somebody's task."""

from typing import Any

import orjson
import pytest

from tests.e2e.planted import CAMBRIDGE, READING, Home, Person, death
from tests.e2e.register import cite_power
from tests.e2e.scene import Scene
from tests.waiting import await_that

NOWHERE = Home("Nowhere", "ZZ9 9ZZ", ())
COUNCIL_TAX = "reading.council-tax"


def _tasks(scene: Scene, cause: str) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = orjson.loads(scene.hub.tuo("tasks", "list", "--cause", cause, "--json"))
    return tasks


def _case_id(scene: Scene, reference: str) -> str:
    ((case_id,),) = scene.query("SELECT case_id::text FROM reference WHERE code = %s", reference)
    return str(case_id)


def _without_postcode(person: Person) -> dict[str, Any]:
    return {"usualAddress": {"lines": [person.line]}}


@pytest.mark.parametrize(
    ("home", "rule", "cause", "council"),
    [
        (CAMBRIDGE, "no-recipient", "unroutable", "cambridge"),
        (NOWHERE, "unknown-postcode", "unplaced", "council"),
        (None, "no-address", "unplaced", "council"),
    ],
)
def test_without_a_place_or_a_council_s_recipient_the_centre_is_told_and_the_rest_is_a_task(
    scene: Scene, home: Home | None, rule: str, cause: str, council: str
) -> None:
    ada = Person(home or NOWHERE)
    told = scene.tell(death(ada, deceased={} if home else _without_postcode(ada)))
    case = scene.await_case(told["reference"], "needs attention")
    missing = {one["recipient"] for one in case["notTold"]}
    assert {(one["decision"], one["rule"]) for one in case["notTold"]} == {("unroutable", rule)}
    assert f"{council}.council-tax" in missing
    assert "not told yet" in scene.page(told["links"]["page"])
    assert {one.recipient for one in scene.heard_when_settled(ada)} == scene.due(home or NOWHERE)
    (task,) = [task for task in _tasks(scene, cause) if task["caseId"] == _case_id(scene, told["reference"])]
    assert (task["evidence"]["rule"], set(task["evidence"]["services"])) == (rule, missing)
    assert (task["closedAt"], bool(task["owner"]), bool(task["settledBy"])) == (None, True, True)


def test_an_agreement_without_a_power_holds_and_says_so_until_it_cites_one(scene: Scene) -> None:
    ada = Person(READING)
    told = scene.tell(death(ada))
    assert {one.recipient for one in scene.heard_when_settled(ada)} == scene.due(READING) - {COUNCIL_TAX}
    (held,) = [one for one in scene.case(told["reference"])["notTold"] if one["recipient"] == COUNCIL_TAX]
    assert (held["decision"], held["rule"]) == ("held", "no-power")
    assert held["explanation"] == "The agreement with this service cites no power to share yet."
    assert "Reading Borough Council" in scene.page(told["links"]["page"])
    assert [task["evidence"] for task in _tasks(scene, "no-agreement") if task["recipient"] == COUNCIL_TAX] == [{"rule": "no-power"}]

    cite_power(scene.register)
    assert orjson.loads(scene.hub.tuo("recipients", "load", "--json"))["recipients"] == len(scene.entries)
    await_that(lambda: COUNCIL_TAX in {one.recipient for one in scene.heard(ada)}, 30, "the held delivery goes out", every=0.2)
    (heard,) = [one for one in scene.heard_when_settled(ada) if one.recipient == COUNCIL_TAX]
    assert heard.data == scene.entries[COUNCIL_TAX].cut(death(ada)["data"])
    assert len(scene.heard(ada)) == len(scene.due(READING))
    await_that(lambda: all(t["recipient"] != COUNCIL_TAX for t in _tasks(scene, "no-agreement")), 10, "its task is closed", every=0.5)
