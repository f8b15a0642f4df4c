"""A kind of change that nobody knew: an entry and a schema, read, checked and used like those built in."""

import copy
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from pydantic import ValidationError

from hub.cases.matching import marks_of
from hub.kinds import BUILT_IN, Kinds, OwnKind, faults, said
from hub.privacy import Blind
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
AFTER: dict[str, Any] = {
    "kind": "after-care", "title": "After care", "subject": "person", "recalls": ["person.names"],
    "follows": [{"kind": "leaving-care", "each": "person", "content": {"leaver": "person"}}],
}  # fmt: skip
AFTER_SCHEMA = {"type": "object", "properties": {"person": {"$ref": "Person"}}}


def _nested(deep: int) -> dict[str, Any]:
    """An array of arrays of arrays."""
    made: dict[str, Any] = {"type": "boolean"}
    for _ in range(deep):
        made = {"type": "array", "items": made}
    return made


def _wide(members: int) -> dict[str, Any]:
    """Objects of many members in an object: none is too large alone."""
    many = {f"m{number}": {"type": "boolean"} for number in range(members)}
    return {"type": "object", "properties": {f"part{number}": {"type": "object", "properties": many} for number in range(6)}}


def told(**data: Any) -> dict[str, Any]:
    """A notification of it."""
    event = {"standing": "informal", "fact": "asserted", "sourceTime": "2026-03-01T00:00:00Z", "leaver": {"names": {"family": "Planted"}}}
    return {"specversion": "1.0", "id": "1", "source": "urn:example", "type": "uk.tellusonce.leaving-care.v1", "data": event | data}


def changed(**members: Any) -> OwnKind:
    return OwnKind({name: value for name, value in (ENTRY | members).items() if value is not None}, SCHEMA)


def faults_of_one(one: OwnKind) -> list[str]:
    (found,) = faults([one])
    return [f"{fault.field}: {fault.fault} (accepted: {fault.accepted})" for fault in found]


def test_it_is_read_like_one_built_in() -> None:
    assert faults_of_one(OWN) == []
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
        (changed(effective="status"), "effective: names status, which cannot be used there"),
        (changed(happened="leaver.dateOfBirth"), "happened: names leaver.dateOfBirth, which cannot"),
        (changed(places=[{"address": ["leaver.names"], "as": "lives"}]), "places: names leaver.names, which cannot"),
        (changed(places=[{"address": ["homes"], "as": "lives"}]), "places: names homes, which cannot"),
        (changed(matching={"registration": "leaver"}), "matching.registration: names leaver, which cannot"),
        (changed(apart={"end": {"fields": ["homes"], "unless": "status"}}), "apart.end.unless: names status, which cannot"),
        (changed(matching={"identities": [[]]}), "matching.identities.0: is a key of 0 paths"),
        (changed(matching={"likenesses": [[]]}), "matching.likenesses.0: is a key of 0 paths"),
        (changed(matching={"identities": [["standing"]]}), "matching.identities: names standing, which tells nobody apart"),
        (changed(matching={"identities": [["leaver.nino", "plan.hasAdviser"]]}), "matching.identities: names plan.hasAdviser, which"),
        (changed(matching={"identities": [["leaver.names"]]}), "matching.identities: names leaver.names, which tells nobody apart"),
        (changed(matching={"identities": [["leftOn"]]}), "matching.identities: has a key with nothing of the subject"),
        (changed(matching={"identities": [["leaver.sex", "leftOn"]]}), "matching.identities: has a key with nothing of the subject"),
        (changed(byTeller=["leftOn"]), "byTeller: names leftOn, which is nobody"),
        (changed(truthAlone=["plan.reviews"]), "truthAlone: names plan.reviews, which is part of a member (accepted: plan)"),
        (changed(byTruth=["status"]), "byTruth: names status, which is nobody"),
        (changed(together=[["homes", "nowhere"]]), "together: names nowhere"),
        (changed(subject="leftOn"), "subject: names leftOn, which is no single object"),
        (
            changed(
                follows=AFTER["follows"] + [{"kind": "leaving-care", "each": "leaver", "when": ["status"], "content": {"leaver": "leaver"}}]
            ),
            "follows.1.when: names status, which cannot",
        ),
        (
            changed(follows=[{"kind": "leaving-care", "each": "leaver", "content": {"leaver": "leaver"}}]),
            "follows.0.each: leaver is who leaving-care is about already",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_its_member(one: OwnKind, says: str) -> None:
    assert any(said.startswith(says) for said in faults_of_one(one)), faults_of_one(one)


@pytest.mark.parametrize(
    ("path", "schema", "says"),
    [
        (("properties", "leaver"), {"$ref": "Passport"}, "leaver: refers to no part"),
        (("properties", "standing"), {"type": "boolean"}, "standing: is taken"),
        (("properties", "x y"), {"type": "boolean"}, "x y: is not a name"),
        (("properties", "leftOn"), {"type": "number"}, "leftOn: is of no type that is taken"),
        (("properties", "status"), {"type": "string", "enum": ["Ada Lovelace"]}, "status: has an enum of other than words"),
        (("type",), "array", "schema: is no object"),
        (("properties", "modelConfig"), {"type": "boolean"}, "modelConfig: is taken"),
        (("properties", "outOfTime"), {"type": "boolean"}, "outOfTime: is taken"),
        (("properties", "kind"), {"type": "boolean"}, "kind: is taken"),
        (("properties", "plan", "properties", "json"), {"type": "boolean"}, "plan.json: is taken"),
        (("properties", "leftON"), {"type": "boolean"}, "leftON: is taken"),
        (("properties", "homes", "maxItems"), "many", "homes: has a maxItems"),
        (("properties", "homes", "maxItems"), -1, "homes: has a maxItems"),
        (("properties", "plan", "properties", "reviews", "minimum"), "x", "plan.reviews: has a minimum"),
        (("properties", "plan", "properties", "reviews", "maximum"), True, "plan.reviews: has a maximum"),
        (("properties", "responsibleCouncil", "maxLength"), None, "responsibleCouncil: has a maxLength"),
        (("properties", "status", "enum"), 5, "status: has an enum"),
        (("properties", "status", "enum"), [], "status: has an enum"),
        (("required",), None, "schema: requires"),
        (("required",), ["nobody"], "schema: requires"),
        (("required",), [{}], "schema: requires"),
        (("properties", "homes"), _nested(2_000), "homes: is too deep"),
        (("properties", "homes", "maxItems"), 51, "homes: has a maxItems"),
        (("properties", "homes", "uniqueItems"), True, "homes: says uniqueItems"),
        (("properties", "responsibleCouncil", "maxLength"), 900, "responsibleCouncil: has a maxLength"),
        (("properties", "responsibleCouncil", "pattern"), "(a+)+$", "responsibleCouncil: says pattern"),
        (("properties", "responsibleCouncil", "const"), "x", "responsibleCouncil: says const"),
        (("properties", "responsibleCouncil", "format"), "regex", "responsibleCouncil: "),
        (("properties", "leftOn", "format"), "time", "leftOn: has a format"),
        (("properties", "plan", "properties", "hasAdviser", "default"), True, "plan.hasAdviser: says default"),
        (("properties", "plan", "properties", "reviews", "exclusiveMaximum"), 9, "plan.reviews: says exclusiveMaximum"),
        (("properties", "plan", "properties", "reviews", "minimum"), 10, "plan.reviews: has a minimum above"),
        (("properties", "plan", "additionalProperties"), True, "plan: takes additionalProperties"),
        (("properties", "leaver", "nonsense"), 1, "leaver: says nonsense"),
        (("oneOf",), [], "schema: says oneOf"),
        (("properties", "plan"), _wide(50), "schema: is too large"),
    ],
)
def test_what_a_schema_may_not_say_is_said_with_its_path(path: tuple[str, ...], schema: Any, says: str) -> None:
    whole = copy.deepcopy(SCHEMA)
    part = whole
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = schema
    assert faults_of_one(OwnKind(ENTRY, whole))[0].startswith(says)


def test_of_several_words_that_are_not_taken_the_first_is_said() -> None:
    words = ["pattern", "const", "minLength", "examples", "default"]
    schema = {**SCHEMA, "properties": SCHEMA["properties"] | {"more": {"type": "string"} | dict.fromkeys(words, "x")}}
    assert faults_of_one(OwnKind(ENTRY, schema))[0].startswith("more: says pattern")


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


def _written(folder: Path, schema: str) -> list[tuple[str, int, str]]:
    """The faults of a folder with this schema: file, line and member."""
    (folder / "leaving-care.yaml").write_text(yaml.safe_dump(ENTRY, sort_keys=False))
    (folder / "leaving-care.schema.json").write_text(schema)
    found = read_kinds(folder)
    return [(one.file, one.line, one.field) for one in found] if isinstance(found, list) else []


def test_a_fault_of_a_schema_names_its_own_file_and_line(tmp_path: Path) -> None:
    wrong = copy.deepcopy(SCHEMA)
    wrong["properties"]["plan"]["properties"]["reviews"]["pattern"] = "x"
    text = json.dumps(wrong, indent=1)
    line = text[: text.index('"reviews"')].count("\n") + 1
    assert _written(tmp_path, text) == [("leaving-care.schema.json", line, "properties.plan.properties.reviews")]


def test_annotations_that_editors_want_and_tabs_are_taken(tmp_path: Path) -> None:
    annotated = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:x", "title": "L", "$comment": "c", **SCHEMA}
    annotated["properties"] = annotated["properties"] | {"leaver": {"$ref": "Person", "description": "who leaves"}}
    assert _written(tmp_path, json.dumps(annotated | {"additionalProperties": False}, indent="\t")) == []


@pytest.mark.parametrize("text", ['{\ntype: "object"}', "type: object", " " * 64_001, "[" * 60_000])
def test_a_schema_that_is_no_json_or_larger_than_any_need_be_is_refused(tmp_path: Path, text: str) -> None:
    assert [file for file, _, _ in _written(tmp_path, text)] == ["leaving-care.schema.json"]


def test_there_need_be_no_folder(tmp_path: Path) -> None:
    assert read_kinds(tmp_path / "kinds") is BUILT_IN


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_those_built_in_are_held_to_the_same(name: str) -> None:
    assert faults_of_one(OwnKind({"kind": name})) == []


def test_a_member_whose_name_ends_in_a_figure_or_in_capitals_is_read_by_its_path() -> None:
    schema = SCHEMA | {"properties": SCHEMA["properties"] | {"badge2": {"$ref": "Line"}, "newURL": {"$ref": "Line"}}}
    kinds = Kinds((OwnKind(ENTRY | {"matching": {"identities": [["leaver.names.family", "badge2", "newURL"]]}}, schema),))
    event = kinds.notifications.parse_object(told(badge2="7", newURL="example.org")).data
    assert (said(event, "badge2"), said(event, "newURL")) == ("7", "example.org")
    assert len(marks_of(event, kinds["leaving-care"], Blind(bytes(32), bytes(32))).certain) == 1


def test_a_kind_of_one_s_own_may_follow_another() -> None:
    assert faults([OwnKind(AFTER, AFTER_SCHEMA), OWN]) == [[], []]
    assert faults_of_one(OwnKind(AFTER, AFTER_SCHEMA))[0].startswith("follows.0.kind: there is no kind leaving-care")


@pytest.mark.parametrize(
    ("file", "field"),
    [("leaving-school.yaml", "kind"), ("leaving-school.schema.json", ""), ("leaving-care.yml", ""), ("leaving-care.json", "")],
)
def test_a_file_that_is_not_of_the_kind_it_is_called_is_a_fault(tmp_path: Path, file: str, field: str) -> None:
    (tmp_path / "leaving-care.yaml").write_text(yaml.safe_dump(ENTRY))
    (tmp_path / "leaving-care.schema.json").write_bytes(orjson.dumps(SCHEMA))
    (tmp_path / file).write_text(yaml.safe_dump(ENTRY))
    found = read_kinds(tmp_path)
    assert isinstance(found, list)
    assert [(one.file, one.field) for one in found] == [(file, field)]
