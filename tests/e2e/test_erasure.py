"""`tuo erase REFERENCE`: nothing the hub holds of a case can be read any more, and what it cannot reach is listed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
import psycopg

from hub.privacy import DataKey, SealBroken, case_context, key_id_of
from hub.privacy.sealing import MasterKey
from schemas import Answer, message_id
from tests.e2e.kafka_records import records
from tests.e2e.planted import STEVENAGE, Person, death, full_death, word
from tests.e2e.scene import Scene

HOUSING = "stevenage.housing"
_TABLES = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = 'public' AND column_name = 'sealed' AND table_name !~ '_[0-9]+$' ORDER BY 1
"""


@dataclass(frozen=True)
class Sealed:
    """A sealed value the hub holds. `place` is where it belongs, as its seal has it."""

    where: str
    value: bytes
    place: bytes


def _in_tables(scene: Scene, case_id: str) -> Iterator[Sealed]:
    """Every value of a case in a column named `sealed`, whichever tables have one."""
    places: dict[str, tuple[str, Callable[..., bytes]]] = {
        "case_version": ("SELECT sealed, case_id, version FROM case_version WHERE case_id = %s", case_context),
        "message": (
            "SELECT m.sealed, m.delivery, m.number FROM message m JOIN delivery d ON d.id = m.delivery WHERE d.case_id = %s",
            lambda delivery, number: message_id(delivery, number).encode(),
        ),
        "answer": (
            "SELECT a.sealed, a.delivery, a.message FROM answer a JOIN delivery d ON d.id = a.delivery"
            " WHERE d.case_id = %s AND a.sealed IS NOT NULL",
            lambda delivery, number: b"answer:" + message_id(delivery, number).encode(),
        ),
    }
    for (table,) in scene.query(_TABLES):
        statement, place = places[table]
        for value, *address in scene.query(f"{statement} ORDER BY 2, 3", case_id):
            yield Sealed(table, value, place(*address))


def _on_life_events(scene: Scene, case_id: str) -> Iterator[Sealed]:
    for record in records(scene.hub.settings().kafka_bootstrap, "life-events"):
        headers = dict(record.headers)
        if headers["ce_caseid"] == case_id.encode() and record.value:
            yield Sealed("life-events", record.value, b"case:%b:%b" % (headers["ce_caseid"], headers["ce_caseversion"]))


def _key_store(scene: Scene) -> dict[int, bytes]:
    """Every key there is, opened with the real master key."""
    settings = scene.hub.settings()
    master = MasterKey(bytes.fromhex(settings.master_key.get_secret_value()))
    with psycopg.connect(settings.keystore_url) as connection:
        rows = connection.execute("SELECT id, wrapped FROM data_key").fetchall()
    return {id_: master.unwrap(wrapped) for id_, wrapped in rows}


def _opened(sealed: Sealed, keys: dict[int, bytes]) -> bytes | None:
    """What it says, by any key there is."""
    named = key_id_of(sealed.value)
    for secret in [keys[named]] if named in keys else keys.values():
        try:
            return DataKey(named, secret).open(sealed.value, sealed.place)
        except SealBroken:
            continue
    return None


def test_after_an_erasure_nothing_of_the_case_opens_its_history_stays_and_the_rest_is_listed(scene: Scene) -> None:
    ada, ben = Person(STEVENAGE), Person(STEVENAGE)
    scene.behave(HOUSING, answer=Answer.REJECTED, reason=f"The tenancy is {word()}'s, who is not known to us.")
    event = full_death(ada)
    told, other = scene.tell(event), scene.tell(death(ben))
    reference = told["reference"]
    scene.await_case(reference, "needs attention")
    scene.behave(HOUSING)
    scene.tell(death(ada, minute=20, deceased={"maidenName": word()}))
    scene.settle()
    cases = [str(scene.query("SELECT case_id FROM reference WHERE code = %s", one)[0][0]) for one in (reference, other["reference"])]
    held = [[*_in_tables(scene, case), *_on_life_events(scene, case)] for case in cases]
    keys = _key_store(scene)
    assert {one.where for one in held[0]} == {"case_version", "message", "answer", "life-events"}
    assert all(ada.tag.encode() in (_opened(one, keys) or b"") for one in held[0] if one.where != "answer")
    before = scene.query("SELECT id, version, lane, notice, told, attempts FROM delivery WHERE case_id = %s ORDER BY id", cases[0])

    done = orjson.loads(scene.hub.tuo("erase", reference, "--yes", "--json"))

    assert [*_in_tables(scene, cases[0]), *_on_life_events(scene, cases[0])] == held[0]
    keys = _key_store(scene)
    assert [one.where for one in held[0] if _opened(one, keys) is not None] == []
    assert all(_opened(one, keys) is not None for one in held[1])

    assert done["destroyedAt"]
    assert scene.query("SELECT id, version, lane, notice, told, attempts FROM delivery WHERE case_id = %s ORDER BY id", cases[0]) == before
    assert len(scene.query("SELECT FROM plan WHERE case_id = %s", cases[0])) == 2
    assert scene.query("SELECT FROM attempt a JOIN delivery d ON d.id = a.delivery WHERE d.case_id = %s", cases[0])
    collectors = {one for one in scene.due(STEVENAGE) if scene.entries[one].connector == "topic"}
    assert {(one["recipient"], one["topic"]) for one in done["remains"]} == {(one, f"recipient.{one}") for one in collectors}
    for one in done["remains"]:
        assert timedelta(days=1) < datetime.fromisoformat(one["until"]) - datetime.now(UTC) < timedelta(days=120)
        on_topic = records(scene.hub.settings().kafka_bootstrap, one["topic"])
        assert any(ada.tag.encode() in (record.value or b"") for record in on_topic)

    assert scene.post(event).status_code == 410
    assert scene.request("GET", f"/v1/cases/{reference}", "registrar").status_code == 410
    page = scene.http.get(told["links"]["page"])
    assert (page.status_code, "has been erased" in page.text) == (410, True)
    status = scene.hub.run("status", reference, "--json")
    assert (status.returncode, "was erased on" in status.stderr) == (1, True)
    assert orjson.loads(scene.hub.tuo("deadletters", "list", "--json")) == []


def test_what_is_unsent_at_an_erasure_is_recalled(scene: Scene) -> None:
    ada, licences = Person(STEVENAGE), "dvla.licences"
    with scene.down(licences):
        reference = scene.tell(death(ada))["reference"]
        scene.await_case(reference, "telling")
        assert orjson.loads(scene.hub.tuo("erase", reference, "--yes", "--json"))["destroyedAt"]
    assert licences not in {one.recipient for one in scene.heard_when_settled(ada)}
