"""Two people taken for one, and parted again: in the end every recipient reads each of them right."""

from uuid import UUID

from tests.e2e.planted import STEVENAGE, WATFORD, Person, death
from tests.e2e.scene import Scene

BENEFITS, HERE, THERE = "dwp.benefits", "stevenage.council-tax", "watford.council-tax"
_OVER = {"withdrawn", "cancelled", "retracted"}


def _case(scene: Scene, reference: str) -> UUID:
    [(case,)] = scene.query("SELECT case_id FROM reference WHERE code = %s", reference)
    return UUID(str(case))


def _believed(scene: Scene, recipient: str, *people: Person) -> dict[str, str]:
    """What a recipient's own system holds: by the id of a person the name it read last, or that it is over."""
    known: dict[str, str] = {}
    for one in scene.heard(*people):
        if one.recipient == recipient:
            name = one.data["deceased"]["names"]["given"][0]
            known[one.event["subject"]] = "over" if one.notice in _OVER else name
    return known


def _decide(scene: Scene, *arguments: str) -> None:
    done = scene.hub.run("cases", *arguments)
    assert done.returncode == 0, done.stderr
    scene.settle()


def test_an_undone_merge_leaves_nobody_believing_of_one_person_what_was_told_of_the_other(scene: Scene) -> None:
    ada, eve = Person(STEVENAGE), Person(WATFORD)
    one = str(_case(scene, scene.tell(death(ada))["reference"]))
    other = str(_case(scene, scene.tell(death(eve, minute=5))["reference"]))
    scene.settle()
    (first, _), (second, _) = sorted(_believed(scene, BENEFITS, ada, eve).items(), key=lambda known: known[1] != ada.tag)
    assert _believed(scene, BENEFITS, ada, eve) == {first: ada.tag, second: eve.tag}

    _decide(scene, "merge", one, other)
    assert set(_believed(scene, BENEFITS, ada, eve).values()) == {eve.tag}
    assert set(_believed(scene, HERE, ada, eve).values()) == {"over"}, "who is believed to be Eve lived elsewhere"

    _decide(scene, "undo", one, other)
    assert _believed(scene, BENEFITS, ada, eve) == {first: ada.tag, second: eve.tag}
    assert set(_believed(scene, HERE, ada, eve).values()) == {ada.tag}
    assert set(_believed(scene, THERE, ada, eve).values()) == {eve.tag}
    heard = scene.heard(ada, eve)
    scene.settle()
    assert scene.heard(ada, eve) == heard
