"""A kind of change that nobody knew: an entry and a schema, read, checked and used like those built in."""

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from pydantic import ValidationError

from hub.kinds import BUILT_IN, Kinds, OwnKind, faults
from hub.recipients.own_kinds import read_kinds
from schemas import encode_notification
from schemas import faults as faults_of

ENTRY: dict[str, Any] = {
    "kind": "leaving-care",
    "title": "Leaving care",
    "subject": "leaver",
    "effective": "leftOn",
    "places": [{"address": ["leaver.usualAddress"], "as": "lives"}],
    "matching": {
        "identities": [["leaver.nhsNumber", "leaver.dateOfBirth.value"]],
        "likenesses": [["leaver.names.family", "leaver.names.given", "leaver.dateOfBirth.value"]],
        "repeats": "leftOn",
    },
    "recalls": ["leaver.names", "leaver.dateOfBirth"],
    "expected": ["council-tax"],
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "A young person leaves the care of a council.",
    "required": ["leaver"],
    "properties": {
        "leaver": {"$ref": "Person"},
        "leftOn": {"type": "string", "format": "date"},
        "responsibleCouncil": {"type": "string", "maxLength": 60},
        "status": {"type": "string", "enum": ["relevant", "former-relevant"]},
        "homes": {"type": "array", "items": {"$ref": "Address"}, "maxItems": 3},
        "plan": {"type": "object", "properties": {"hasAdviser": {"type": "boolean"}, "reviews": {"type": "integer", "maximum": 9}}},
    },
}
OWN = OwnKind(ENTRY, SCHEMA)


def told(**data: Any) -> dict[str, Any]:
    """A notification of it."""
    event = {"standing": "informal", "fact": "asserted", "sourceTime": "2026-03-01T00:00:00Z", "leaver": {"names": {"family": "Planted"}}}
    return {"specversion": "1.0", "id": "1", "source": "urn:example", "type": "uk.tellusonce.leaving-care.v1", "data": event | data}


def changed(**members: Any) -> OwnKind:
    return OwnKind({name: value for name, value in (ENTRY | members).items() if value is not None}, SCHEMA)


def test_it_is_read_like_one_built_in() -> None:
    assert faults(OWN) == []
    kinds = Kinds((OWN,))
    told_ = kinds.notifications.parse_object(
        told(leftOn="2026-02-01", status="relevant", homes=[{"postcode": "sg11aa"}], plan={"reviews": 2})
    )
    assert orjson.loads(encode_notification(told_))["data"]["homes"] == [{"postcode": "SG1 1AA"}]
    assert {"leaver.nino", "homes.postcode", "plan.hasAdviser"} <= kinds.field_paths("leaving-care")
    assert set(BUILT_IN) < set(kinds)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"leaver": None}, "data.leaver"),
        ({"leaver": {"nino": "QQ123456C"}}, "data.leaver.nino"),
        ({"leftOn": "soon"}, "data.leftOn"),
        ({"status": "other"}, "data.status"),
        ({"homes": [{}] * 4}, "data.homes"),
        ({"responsibleCouncil": "x" * 61}, "data.responsibleCouncil"),
        ({"plan": {"reviews": 10}}, "data.plan.reviews"),
        ({"more": 1}, "data"),
    ],
)
def test_what_it_is_told_is_held_to_its_schema_and_named_by_field(data: dict[str, Any], field: str) -> None:
    read_by = Kinds((OWN,)).notifications
    with pytest.raises(ValidationError) as caught:
        read_by.parse_object(told(**data))
    assert [fault.field for fault in faults_of(caught.value, read_by)] == [field]


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (changed(subject="nobody"), "subject: names nobody"),
        (changed(recalls=["leaver.shoeSize"]), "recalls: names leaver.shoeSize"),
        (changed(matching={"identities": [["leaver.nino", "leaver.shoe"]]}), "matching.identities: names leaver.shoe"),
        (changed(kind="Leaving Care"), "kind: "),
        (changed(title=None), "title: "),
        (changed(places=[{"address": ["homes"], "as": "leaves"}, {"address": ["homes"], "as": "lives"}]), "places: do not fit together"),
        (changed(kind="birth"), "kind: birth is built in"),
        (OwnKind(ENTRY), "kind: leaving-care has no schema"),
    ],
)
def test_what_does_not_fit_is_said_with_its_member(one: OwnKind, says: str) -> None:
    assert any(said.startswith(says) for said in faults(one)), faults(one)


@pytest.mark.parametrize(
    ("path", "schema", "says"),
    [
        (("properties", "leaver"), {"$ref": "Passport"}, "leaver: refers to no part"),
        (("properties", "standing"), {"type": "boolean"}, "properties: standing: every event has these"),
        (("properties", "x y"), {"type": "boolean"}, "x y: is not a name"),
        (("properties", "leftOn"), {"type": "number"}, "leftOn: is of no type that is taken"),
        (("properties", "status"), {"type": "string", "enum": ["Ada Lovelace"]}, "status: has an enum of other than words"),
        (("type",), "array", "schema: is no object"),
    ],
)
def test_what_a_schema_may_not_say_is_said_with_its_path(path: tuple[str, ...], schema: Any, says: str) -> None:
    whole = copy.deepcopy(SCHEMA)
    part = whole
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = schema
    assert faults(OwnKind(ENTRY, whole))[0].startswith(says)


def test_an_entry_of_a_built_in_kind_lies_over_it() -> None:
    kinds = Kinds((OwnKind({"kind": "bereavement", "holdFor": {"citizen": "24 hours"}}),))
    assert [held.total_seconds() for held in kinds["bereavement"].hold_for.values()] == [86_400]
    assert kinds["bereavement"].matching == BUILT_IN["bereavement"].matching


def test_a_folder_of_kinds_is_read_with_faults_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "leaving-care.yaml").write_text(yaml.safe_dump(ENTRY, sort_keys=False))
    (tmp_path / "leaving-care.schema.json").write_bytes(orjson.dumps(SCHEMA))
    kinds = read_kinds(tmp_path)
    assert isinstance(kinds, Kinds)
    assert "leaving-care" in kinds
    (tmp_path / "leaving-care.yaml").write_text(yaml.safe_dump(ENTRY | {"subject": "nobody"}, sort_keys=False))
    found = read_kinds(tmp_path)
    assert isinstance(found, list)
    assert [(one.file, one.line, one.field) for one in found] == [("leaving-care.yaml", 3, "subject")]


def test_there_need_be_no_folder(tmp_path: Path) -> None:
    assert read_kinds(tmp_path / "kinds") is BUILT_IN
