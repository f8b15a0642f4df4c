"""The map of a table's columns: what it may say, and what is refused with its line."""

from pathlib import Path

import pytest

from hub.intake.table import ColumnMap
from hub.kinds import Kinds, OwnKind
from schemas import KINDS
from tests.intake.table.tables import MAP, faults_or_map

BASE = """kind: {kind}
source: urn:example:test
constants: {{standing: informal, fact: asserted, sourceTime: 2026-03-12T10:00:00Z}}
columns:
  A: {field}
"""


def test_the_documented_map_is_one(tmp_path: Path) -> None:
    assert isinstance(faults_or_map(tmp_path, MAP), ColumnMap)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("bereavement", "deceased.names.given"),
        ("bereavement", "deceased.aliases.family"),
        ("birth", "child.nhsNumber"),
        ("birth", "child.dateOfBirth.value"),
        ("change-of-address", "mover.names.family"),
    ],
)
def test_any_field_of_any_kind_may_be_filled(tmp_path: Path, kind: str, field: str) -> None:
    assert isinstance(faults_or_map(tmp_path, BASE.format(kind=kind, field=field)), ColumnMap)


def test_each_kind_says_which_of_its_members_no_map_may_leave_out(tmp_path: Path) -> None:
    for kind, model in KINDS.items():
        found = faults_or_map(tmp_path, BASE.format(kind=kind, field="reason"))
        left_out = {fault.fault.split()[-1] for fault in found} if isinstance(found, list) else set()
        required = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
        assert left_out == required - {"standing", "fact", "sourceTime"}, kind


def test_a_kind_of_the_register_s_own_is_mapped_as_any_other(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"person": {"$ref": "Person"}, "leftOn": {"type": "string", "format": "date"}}}
    entry = {"kind": "leaving-care", "title": "Leaving care", "subject": "person", "recalls": ["person.names"]}
    kinds = Kinds((OwnKind(entry, schema),))
    assert isinstance(faults_or_map(tmp_path, BASE.format(kind="leaving-care", field="leftOn"), kinds), ColumnMap)
    assert isinstance(faults_or_map(tmp_path, BASE.format(kind="leaving-care", field="leftOn")), list)


@pytest.mark.parametrize(
    ("was", "now", "line", "says"),
    [
        ("kind: bereavement", "kind: wedding", 1, "kind the hub knows"),
        ("kind: bereavement", "sort: bereavement", 1, "is not known here"),
        ("encoding: utf-8 ", "encoding: utf-7 ", 3, "is not known"),
        ('delimiter: ","', 'delimiter: "x"', 4, "is not known"),
        ("id: [Entry, Last changed]", "id: [Entry, Changed]", 5, "not mapped"),
        ("registration.area: england", "registration.area: [a, {b: c}]\n  registration.year: england", 10, "is not text"),
        ("registration.area:", "registration.areas:", 10, "no field"),
        ("registration.area: england-and-wales", "registration: england-and-wales", 10, "no field"),
        ("Entry: registration.number", "Entry: registration.numbers", 12, "no field of this kind"),
        ("Entry: registration.number", "Entry: registration", 12, "holds further ones"),
        ("Entry: registration.number", "Entry: registration.area", 12, "filled already"),
        ("Postcode: deceased.usualAddress.postcode", "Postcode: registration.number", 20, "filled already"),
        ("{field: sourceTime, date:", "{field: sourceTime, when:", 13, "not known here"),
        ('date: "%d/%m/%Y %H:%M"', 'date: "%d/%m/%y %H:%M"', 13, "not unambiguous"),
        ('date: "%d/%m/%Y %H:%M"', 'date: "%x"', 13, "not unambiguous"),
        ('name: "family, given"', "name: nickname", 14, "is not known"),
        ("{field: deceased.names, name", "{field: deceased.sex, name", 14, "a name for a field that is none"),
        ("{F: female, M: male}", '{F: female}, split: " "', 16, "holds one value"),
        ("  standing: registered\n", "", 10, "leave out standing"),
        ("  Sex:", "  Entry:", 16, "given twice"),
        ("columns:", "columns: &a", 11, ""),
    ],
)
def test_a_map_that_cannot_be_right_is_refused_by_its_line(tmp_path: Path, was: str, now: str, line: int, says: str) -> None:
    assert was in MAP
    found = faults_or_map(tmp_path, MAP.replace(was, now, 1))
    if not says:
        assert isinstance(found, ColumnMap)
        return
    assert isinstance(found, list)
    assert any(fault.line == line and says in str(fault) for fault in found), list(map(str, found))


@pytest.mark.parametrize("text", ["", "[]", "7", "kind: [", "columns: {}", "\x00", "columns:\n" + "  - a\n" * 10])
def test_what_is_no_map_at_all_is_refused(tmp_path: Path, text: str) -> None:
    assert isinstance(faults_or_map(tmp_path, text), list)
