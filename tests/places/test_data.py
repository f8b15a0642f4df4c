"""The shipped table against the register it was made from, and the making of it."""

import csv
import hashlib
import lzma
from collections import Counter
from datetime import date
from pathlib import Path

import orjson
import pytest

from hub.places import Reason, Unplaced, find
from hub.places.build import build
from hub.places.postcodes import PostcodeTable, pack

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


def test_every_area_is_placed_or_has_its_reason() -> None:
    table = PostcodeTable(DATA / "postcodes.bin")
    one_each: dict[int, str] = {}
    count = Counter[int]()
    for postcode, area in table:
        one_each.setdefault(area, postcode)
        count[area] += 1
    unplaced = Counter[Reason]()
    for area, postcode in one_each.items():
        place = find(postcode, date(2026, 3, 12))
        if isinstance(place, Unplaced):
            unplaced[place.reason] += count[area]
    assert unplaced == {Reason.NO_DISTRICT: 1_044}


def test_the_data_fits_into_six_megabytes() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) <= 6_000_000


def test_a_council_in_the_postcodes_and_not_in_the_register_is_named(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    with lzma.open(source / "postcodes.csv.xz", "wt") as file:
        file.write("postcode,county_gss,district_gss,ward_gss\nZE1 0AA,,S12000099,S13009999\nZE1 0AB,,S12000027,S13000001\n")
    (source / "areas.csv").write_text("gss,name,kind\nS13009999,New Ward,UTW\nS13000001,Old Ward,UTW\nS12000099,New,UTA\n")
    columns = ["local-authority-code", "nice-name", "gss-code", "end-date", "replaced-by", "nation", "local-authority-type",
               "county-la", "combined-authority", "former-gss-codes", "os-file"]  # fmt: skip
    with (source / "local-authorities.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        shetland = {"local-authority-code": "ZET", "nice-name": "Shetland", "gss-code": "S12000027", "nation": "Scotland"}
        writer.writerow({**shetland, "local-authority-type": "SCO", "os-file": "SHETLAND"})
    assert build(source, target) == ["S12000099"]
    assert find("ZE1 0AA", date(2026, 3, 12), target) == Unplaced(Reason.COUNCIL_UNRESOLVED)
    assert not isinstance(find("ZE1 0AB", date(2026, 3, 12), target), Unplaced)


def test_unsorted_postcodes_and_foreign_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not sorted"):
        pack([("SG1 1AA", 0), ("AB1 1AA", 0)])
    (tmp_path / "postcodes.bin").write_bytes(b"something else")
    with pytest.raises(ValueError, match=r"hub\.places\.build"):
        PostcodeTable(tmp_path / "postcodes.bin")
