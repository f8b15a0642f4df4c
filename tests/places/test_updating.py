"""Another edition says what it would change before it takes the old one's place."""

from datetime import date
from pathlib import Path

import pytest

from hub.places import Place, Reason, Tier, find
from hub.places.build import build
from hub.places.updating import Changes, prepare_edition, put_in_place
from tests.places.source import SHETLAND, write_source

_ORKNEY = {**SHETLAND, "local-authority-code": "ORK", "nice-name": "Orkney", "gss-code": "S12000023", "os-file": "ORKNEY",
           "official-name": "Orkney Islands Council"}  # fmt: skip
_ISLES = {**SHETLAND, "local-authority-code": "NIS", "nice-name": "Northern Isles", "gss-code": "S12000051", "os-file": "ISLES",
          "official-name": "Northern Isles Council"}  # fmt: skip
_WARDS = {"S13000001": "North", "S13000002": "South"}
_BEFORE = [
    ("KW15 1AA", "", "S12000023", "S13000002"),
    ("ZE1 0AA", "", "S12000027", "S13000001"),
    ("ZE1 0AB", "", "S12000027", "S13000001"),
]
_DAY = date(2026, 3, 12)


@pytest.fixture
def current(tmp_path: Path) -> Path:
    build(write_source(tmp_path / "before", _BEFORE, _WARDS, [SHETLAND, _ORKNEY]), tmp_path / "current", date(2025, 10, 20))
    return tmp_path / "current"


def _changes(tmp_path: Path, current: Path, postcodes: list[tuple[str, str, str, str]], councils: list[dict[str, str]]) -> Changes:
    source = write_source(tmp_path / "after", postcodes, _WARDS, councils)
    return prepare_edition(source, tmp_path / "made", date(2026, 2, 10), current, _DAY)


def test_the_same_registers_change_nothing(tmp_path: Path, current: Path) -> None:
    changes = _changes(tmp_path, current, _BEFORE, [SHETLAND, _ORKNEY])
    assert (changes.added, changes.gone, changes.moved, changes.begun, changes.ended, changes.forgotten) == (0, 0, (), (), (), ())
    assert (changes.replaces, changes.edition) == (date(2025, 10, 20), date(2026, 2, 10))


def test_postcodes_added_gone_and_moved_are_counted(tmp_path: Path, current: Path) -> None:
    after = [("KW15 1AA", "", "S12000027", "S13000001"), ("KW15 1AB", "", "", ""), ("ZE1 0AA", "", "S12000027", "S13000001")]
    changes = _changes(tmp_path, current, after, [SHETLAND, _ORKNEY])
    assert (changes.added, changes.gone) == (1, 1)
    (moved,) = changes.moved
    assert (moved.before, moved.after, moved.postcodes) == ("Orkney Islands Council", "Shetland Islands Council", 1)
    assert changes.outcomes == {Tier.SCOTTISH: 2, Reason.NO_DISTRICT: 1}


def test_a_council_begun_ended_forgotten_or_unresolved_is_named(tmp_path: Path, current: Path) -> None:
    after = [*_BEFORE[1:], ("ZE1 0AC", "", "S12000099", "S13000002")]
    ended = {**SHETLAND, "end-date": "2027-04-01", "replaced-by": "NIS"}
    changes = _changes(tmp_path, current, after, [ended, _ISLES])
    assert [one.official for one in changes.begun] == ["Northern Isles Council"]
    assert [(one.council.official, one.on, one.successors[0].code) for one in changes.ended] == [
        ("Shetland Islands Council", date(2027, 4, 1), "S12000051")
    ]
    assert [one.official for one in changes.forgotten] == ["Orkney Islands Council"]
    assert changes.unresolved == ("S12000099",)


def test_postcodes_whose_council_is_forgotten_are_lost_as_those_that_are_gone(tmp_path: Path, current: Path) -> None:
    changes = _changes(tmp_path, current, _BEFORE, [_ORKNEY])
    assert (changes.gone, changes.orphaned, changes.loses_too_many) == (0, 2, True)


def test_a_council_coded_anew_has_not_moved(tmp_path: Path, current: Path) -> None:
    recoded = {**SHETLAND, "gss-code": "S12000060", "former-gss-codes": "S12000027"}
    after = [_BEFORE[0], *((postcode, "", "S12000060", ward) for postcode, _, _, ward in _BEFORE[1:])]
    changes = _changes(tmp_path, current, after, [recoded, _ORKNEY])
    assert (changes.moved, changes.begun, changes.forgotten) == ((), (), ())


def test_only_what_is_put_in_place_is_found(tmp_path: Path, current: Path) -> None:
    _changes(tmp_path, current, [("ZE1 0AC", "", "S12000027", "S13000001")], [SHETLAND])
    assert isinstance(find("ZE1 0AA", _DAY, current), Place)
    put_in_place(tmp_path / "made", tmp_path / "taken")
    assert isinstance(find("ZE1 0AC", _DAY, tmp_path / "taken"), Place)
    assert sorted(path.name for path in (tmp_path / "taken").iterdir()) == ["areas.json", "postcodes.bin"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("areas.csv", "code,title\n", "areas.csv has no column gss, name"),
        ("local-authorities.csv", "gss-code\n", "local-authorities.csv has no column"),
    ],
)
def test_a_register_of_another_form_is_refused(tmp_path: Path, current: Path, name: str, text: str, said: str) -> None:
    source = write_source(tmp_path / "after", _BEFORE, _WARDS, [SHETLAND])
    (source / name).write_text(text)
    with pytest.raises(ValueError, match=said):
        prepare_edition(source, tmp_path / "made", date(2026, 2, 10), current, _DAY)


def test_postcodes_written_another_way_are_refused(tmp_path: Path, current: Path) -> None:
    with pytest.raises(ValueError, match="not written like SG1 1AA"):
        _changes(tmp_path, current, [("ZE10AA", "", "S12000027", "S13000001")], [SHETLAND])
