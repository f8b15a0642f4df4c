"""The shipped table against the register it was made from, and the making of it."""

import hashlib
from datetime import date
from pathlib import Path

import orjson
import pytest

from hub.places import Place, Reason, Tier, Unplaced, coverage, find
from hub.places.build import build
from hub.places.postcodes import PostcodeTable, pack
from tests.places.source import SHETLAND, write_source

DATA = Path(__file__).parents[2] / "hub" / "places" / "data"

# Of OS Code-Point Open 2025.4 as "postcode,county,district,ward" lines.
SOURCE_LINES = 1_745_849
SOURCE_SHA256 = "4b5ec1b45e160b462a57f28d395263e72e3ac57bc8dc6ad4531d96c2751a560e"


def test_all_postcodes_agree_with_the_register() -> None:
    table = PostcodeTable(DATA / "postcodes.bin")
    areas = orjson.loads((DATA / "areas.json").read_bytes())["areas"]
    digest, lines, differing = hashlib.sha256(), 0, 0
    for postcode, area in table:
        ward, _, district, county = areas[area]
        digest.update(f"{postcode},{county or ''},{district},{ward}\n".encode())
        lines += 1
        differing += table.area_of(postcode) != area
    assert (lines, digest.hexdigest(), differing) == (SOURCE_LINES, SOURCE_SHA256, 0)


@pytest.mark.parametrize(
    ("on", "two_tier", "unitary"),
    [
        (date(2022, 6, 1), 557_087, 462_948),  # before the edition its own councils: they can be told, those of then cannot
        (date(2026, 11, 21), 557_087, 462_948),
        (date(2027, 3, 31), 557_087, 462_948),
        (date(2027, 4, 1), 523_404, 496_631),  # Surrey
    ],
)
def test_every_postcode_has_its_councils_or_its_reason(on: date, two_tier: int, unitary: int) -> None:
    found = coverage(on)
    assert found == {
        Tier.TWO_TIER: two_tier,
        Tier.UNITARY: unitary,
        Tier.METROPOLITAN: 290_280,
        Tier.LONDON: 180_792,
        Tier.SCOTTISH: 161_454,
        Tier.WELSH: 92_244,
        Reason.NO_DISTRICT: 1_044,
    }
    assert found.total() == SOURCE_LINES


def test_every_place_has_a_ward_and_only_two_tier_places_a_county() -> None:
    table = PostcodeTable(DATA / "postcodes.bin")
    one_each = {area: postcode for postcode, area in table}
    assert len(one_each) == 7_944
    for postcode in one_each.values():
        place = find(postcode, date(2026, 3, 12))
        if isinstance(place, Place):
            assert place.ward.code
            assert place.ward.name
            assert (place.county is not None) is (place.tier is Tier.TWO_TIER)


def test_the_data_fits_into_six_megabytes() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) <= 6_000_000


def test_a_council_in_the_postcodes_and_not_in_the_register_is_named(tmp_path: Path) -> None:
    postcodes = [("ZE1 0AA", "", "S12000099", "S13009999"), ("ZE1 0AB", "", "S12000027", "S13000001")]
    areas = {"S13009999": "New Ward", "S13000001": "Old Ward", "S12000099": "New"}
    source, target = write_source(tmp_path / "source", postcodes, areas, [SHETLAND]), tmp_path / "target"
    assert build(source, target, date(2026, 2, 1)) == ["S12000099"]
    assert find("ZE1 0AA", date(2026, 3, 12), target) == Unplaced(Reason.COUNCIL_UNRESOLVED)
    assert not isinstance(find("ZE1 0AB", date(2026, 3, 12), target), Unplaced)


def test_what_is_decided_is_added_until_the_register_says_it_itself(tmp_path: Path) -> None:
    guildford = {"local-authority-code": "GRD", "nice-name": "Guildford", "official-name": "Guildford Borough Council",
                 "gss-code": "E07000209", "nation": "England", "local-authority-type": "NMD"}  # fmt: skip
    west = {"local-authority-code": "WSY", "nice-name": "West Surrey", "official-name": "West Surrey Council",
            "gss-code": "E06000068", "nation": "England", "local-authority-type": "UA"}  # fmt: skip
    postcodes, areas = [("GU2 4BB", "", "E07000209", "E05007293")], {"E05007293": "Friary"}
    decided, published = tmp_path / "decided", tmp_path / "published"
    build(write_source(tmp_path / "one", postcodes, areas, [guildford]), decided, date(2026, 2, 1))
    ended = {**guildford, "end-date": "2027-04-01", "replaced-by": "WSY"}
    build(write_source(tmp_path / "two", postcodes, areas, [ended, west]), published, date(2026, 5, 1))
    for folder, code in ((decided, "west-surrey"), (published, "E06000068")):
        place = find("GU2 4BB", date(2027, 4, 1), folder)
        assert isinstance(place, Place)
        assert place.district.code == code
        assert "west-surrey" in place.codes  # entries that name it so stay right


def test_two_files_of_different_editions_are_refused(tmp_path: Path) -> None:
    postcodes, areas = [("ZE1 0AB", "", "S12000027", "S13000001")], {"S13000001": "Old Ward"}
    build(write_source(tmp_path / "source", postcodes, areas, [SHETLAND]), tmp_path / "mixed", date(2026, 2, 1))
    (tmp_path / "mixed" / "postcodes.bin").write_bytes((DATA / "postcodes.bin").read_bytes())
    with pytest.raises(ValueError, match="not of one edition"):
        find("ZE1 0AB", date(2026, 3, 12), tmp_path / "mixed")


def test_unsorted_postcodes_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not sorted"):
        pack([("SG1 1AA", 0), ("AB1 1AA", 0)])
    (tmp_path / "postcodes.bin").write_bytes(b"something else")
    with pytest.raises(ValueError, match="tuo places update"):
        PostcodeTable(tmp_path / "postcodes.bin")
