"""A register that was stored before its kinds were held to more is read as it was: only what is read from a folder is."""

import copy
import json
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from hub.cases.matching import marks_of
from hub.kinds import OwnKind, faults
from hub.privacy import Blind
from hub.recipients import Register
from hub.recipients.own_kinds import read_kinds
from tests.kinds.test_own_kinds import ENTRY, SCHEMA, told

TEXT: dict[str, Any] = {"type": "string", "maxLength": 900, "pattern": "(a+)+$"}
MANY: dict[str, Any] = {"type": "object", "properties": {f"m{number}": {"type": "boolean"} for number in range(60)}}
# What a schema said that was passed over.
SCHEMAS: dict[str, dict[str, Any]] = {
    "a longer text and a pattern": {"responsibleCouncil": TEXT},
    "a longer list": {"homes": {"type": "array", "items": {"$ref": "Address"}, "maxItems": 90}},
    "another format": {"responsibleCouncil": {"type": "string", "format": "uri"}},
    "more members than are taken": {f"part{number}": MANY for number in range(6)},
    "other members": {"plan": SCHEMA["properties"]["plan"] | {"additionalProperties": True}},
    "no number between": {"age": {"type": "integer", "minimum": 9, "maximum": 1}},
}
# What an entry said.
ENTRIES: dict[str, dict[str, Any]] = {
    "a part of a member": {"truthAlone": ["plan.reviews"]},
    "a key of nothing": {"matching": {"identities": [[], ["leaver.nhsNumber", "leaver.dateOfBirth.value"]], "likenesses": [[]]}},
}


def _stored(entry: dict[str, Any], schema: dict[str, Any]) -> Register:
    return Register.from_content({"organisations": [], "kinds": [{"entry": entry, "schema": schema}]}, 1)


def _changed(members: dict[str, Any]) -> dict[str, Any]:
    schema = copy.deepcopy(SCHEMA)
    schema["properties"] |= members
    return schema


@pytest.mark.parametrize("what", SCHEMAS)
def test_a_stored_schema_is_read_and_its_kind_told_but_no_folder_with_it(tmp_path: Path, what: str) -> None:
    schema = _changed(SCHEMAS[what])
    register = _stored(ENTRY, schema)
    register.kinds.notifications.parse_object(told(responsibleCouncil="a" * 60))
    assert orjson.loads(register.content)["kinds"] == [{"entry": ENTRY, "schema": schema}]
    (tmp_path / "leaving-care.yaml").write_text(yaml.safe_dump(ENTRY, sort_keys=False))
    (tmp_path / "leaving-care.schema.json").write_text(json.dumps(schema))
    found = read_kinds(tmp_path)
    assert isinstance(found, list)
    assert {fault.file for fault in found} == {"leaving-care.schema.json"}


def test_a_text_of_a_stored_schema_is_held_to_the_longest_there_is() -> None:
    kinds = _stored(ENTRY, _changed(SCHEMAS["a longer text and a pattern"])).kinds
    kinds.notifications.parse_object(told(responsibleCouncil="x" * 500))
    with pytest.raises(ValueError, match="at most 500"):
        kinds.notifications.parse_object(told(responsibleCouncil="x" * 501))


@pytest.mark.parametrize("what", ENTRIES)
def test_a_stored_entry_is_read_and_one_in_a_folder_refused(what: str) -> None:
    entry = ENTRY | ENTRIES[what]
    assert "leaving-care" in _stored(entry, SCHEMA).kinds
    assert any(faults([OwnKind(entry, SCHEMA)]))


def test_a_stored_key_of_nothing_makes_no_case_of_two() -> None:
    kinds = _stored(ENTRY | ENTRIES["a key of nothing"], SCHEMA).kinds
    marks = marks_of(kinds.notifications.parse_object(told()).data, kinds["leaving-care"], Blind(b"a" * 32, b"b" * 32))
    assert (marks.certain, marks.alike) == ((), ())
