"""`tuo ingest FILE`: a register's extract, read once and again."""

from pathlib import Path

import orjson

from tests.e2e.planted import LIVERPOOL, STEVENAGE, WATFORD, Person, planted, word
from tests.e2e.scene import Scene
from tests.intake.gro.extracts import record, write


def _record(person: Person, at: str, reason: int | None = None, line: str | None = None) -> str:
    """A record by which a person is known by its tag."""
    address = f"<ns3:Line>{line or person.line}</ns3:Line><ns3:Postcode>{person.home.postcode}</ns3:Postcode>"
    return record(person.registration, at, reason, f"<DeceasedAddress>{address}</DeceasedAddress>", family=person.tag)


def test_trap_d_all_of_an_extract_is_delivered_and_reading_it_again_changes_nothing(scene: Scene, tmp_path: Path) -> None:
    ada, ben, cyd = Person(STEVENAGE), Person(LIVERPOOL), Person(WATFORD)
    corrected = planted(f"4 {word()} Way")
    locked, updated = "2026-03-12T10:00:00.000", "2026-03-14T10:00:00.000"
    # The correction stands before what it corrects, as it may in a real extract.
    records = [_record(ada, updated, 3, corrected), _record(ada, locked), _record(ben, locked), _record(cyd, locked)]
    extract = write(tmp_path / "extract.xml", records)

    summary = orjson.loads(scene.hub.tuo("ingest", str(extract), "--json"))
    taken = summary.pop("taken")
    assert summary == {"new": 3, "newer": 0, "older": 1, "repeated": 0, "refused": 0, "refusals": []}
    heard = {person: scene.heard_when_settled(person) for person in (ada, ben, cyd)}
    for person, messages in heard.items():
        assert {one.recipient for one in messages} == scene.due(person.home)
        assert {one.notice for one in messages} == {"notified"}
        assert len(messages) == len(scene.due(person.home))
    lines = {one.data["deceased"]["usualAddress"]["lines"][0] for one in heard[ada] if "usualAddress" in one.data["deceased"]}
    assert lines == {corrected}

    counts = scene.query("SELECT (SELECT count(*) FROM case_version), (SELECT count(*) FROM delivery), (SELECT count(*) FROM reference)")
    summary = orjson.loads(scene.hub.tuo("ingest", str(extract), "--json"))
    assert summary == {"new": 0, "newer": 0, "older": 0, "repeated": 4, "refused": 0, "refusals": [], "taken": taken}
    assert {person: scene.heard_when_settled(person) for person in (ada, ben, cyd)} == heard
    assert counts == scene.query(
        "SELECT (SELECT count(*) FROM case_version), (SELECT count(*) FROM delivery), (SELECT count(*) FROM reference)"
    )
