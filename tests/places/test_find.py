"""Real postcodes, their councils by tier, and what happens when councils end."""

import timeit
from datetime import date

import pytest

from hub.places import CouncilKind, Place, Reason, Succession, Tier, Unplaced, council, find, successor

TODAY = date(2026, 3, 12)


def place_of(postcode: str, on: date = TODAY) -> Place:
    place = find(postcode, on)
    assert isinstance(place, Place)
    return place


def test_stevenage_is_a_district_of_hertfordshire() -> None:
    place = place_of("SG1 1AA")
    assert (place.district.code, place.district.name) == ("E07000243", "Stevenage")
    assert place.county is not None
    assert (place.county.code, place.county.name) == ("E10000015", "Hertfordshire")
    assert (place.tier, place.nation, place.ward.code) == (Tier.TWO_TIER, "England", "E05015632")
    assert place.councils == (place.district, place.county)


@pytest.mark.parametrize(
    ("postcode", "tier", "district", "county"),
    [
        ("L1 8JQ", Tier.METROPOLITAN, "Liverpool", None),
        ("ME14 1XX", Tier.TWO_TIER, "Maidstone", "Kent"),
        ("GU2 4BB", Tier.TWO_TIER, "Guildford", "Surrey"),
        ("CA1 1AA", Tier.UNITARY, "Cumberland", None),
        ("SW1A 1AA", Tier.LONDON, "Westminster", None),
        ("EH1 1YZ", Tier.SCOTTISH, "City of Edinburgh", None),
        ("CF10 4UW", Tier.WELSH, "Cardiff", None),
    ],
)
def test_every_tier_has_its_councils(postcode: str, tier: Tier, district: str, county: str | None) -> None:
    place = place_of(postcode)
    assert (place.tier, place.district.name, place.county and place.county.name) == (tier, district, county)


def test_liverpool_belongs_to_its_city_region() -> None:
    combined = place_of("L1 8JQ").combined
    assert combined is not None
    assert (combined.code, combined.kind) == ("E47000004", CouncilKind.COMBINED)


@pytest.mark.parametrize("spelling", ["SG1 1AA", "sg11aa", " Sg1  1aA "])
def test_any_spelling_of_a_postcode_is_found(spelling: str) -> None:
    assert find(spelling, TODAY) == find("SG1 1AA", TODAY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello", Reason.NOT_A_POSTCODE),
        ("", Reason.NOT_A_POSTCODE),
        ("75011", Reason.NOT_A_POSTCODE),
        ("SG1 1ZZ", Reason.UNKNOWN_POSTCODE),
        ("QQ1 1QQ", Reason.UNKNOWN_POSTCODE),
        ("BT1 5GS", Reason.NORTHERN_IRELAND),
        ("JE2 3AB", Reason.CROWN_DEPENDENCY),
        ("IM1 1AA", Reason.CROWN_DEPENDENCY),
        ("FIQQ 1ZZ", Reason.ABROAD),
        ("GX11 1AA", Reason.ABROAD),
        ("BF1 0AX", Reason.ABROAD),
    ],
)
def test_where_nobody_can_be_named_the_reason_is(text: str, reason: Reason) -> None:
    assert find(text, TODAY) == Unplaced(reason)


@pytest.mark.parametrize(
    ("postcode", "now", "before", "name"),
    [("S70 1AA", "E08000038", "E08000016", "Barnsley"), ("S1 2HH", "E08000039", "E08000019", "Sheffield")],
)
def test_a_recoded_council_is_known_by_both_its_codes(postcode: str, now: str, before: str, name: str) -> None:
    district = place_of(postcode).district
    assert (district.code, district.codes, district.name) == (now, (now, before), name)
    assert council(before) is council(now)


def test_surrey_ends_on_the_first_of_april_2027() -> None:
    before, after = place_of("GU2 4BB", date(2027, 3, 31)), place_of("GU2 4BB", date(2027, 4, 1))
    assert [c.name for c in before.councils] == ["Guildford", "Surrey"]
    assert before.successions == ()
    assert ([c.name for c in after.councils], after.tier) == (["West Surrey"], Tier.UNITARY)
    assert after.successions == (
        Succession("E07000209", "west-surrey", date(2027, 4, 1)),
        Succession("E10000030", "west-surrey", date(2027, 4, 1)),
    )
    assert place_of("RH2 0SG", date(2027, 4, 1)).district.name == "East Surrey"
    assert place_of("SG1 1AA", date(2027, 4, 1)) == place_of("SG1 1AA")


def test_an_abolished_council_is_followed_to_the_one_that_stands_for_it_now() -> None:
    stands, passed = successor("E07000191", TODAY)  # West Somerset
    assert stands is not None
    assert stands.name == "Somerset"
    assert passed == (Succession("E07000191", "E07000246", date(2019, 4, 1)), Succession("E07000246", "E06000066", date(2023, 4, 1)))


def test_a_council_lasts_until_the_day_its_successor_takes_over() -> None:
    assert successor("E07000004", date(2020, 3, 31))[0] == council("E07000004")  # Aylesbury Vale: the register gives its last day
    assert successor("E07000004", date(2020, 4, 1))[0] == council("E06000060")
    assert successor("E07000026", date(2023, 3, 31))[0] == council("E07000026")  # Allerdale: the register gives the first day without it
    assert successor("E07000026", date(2023, 4, 1))[0] == council("E06000063")


def test_a_county_split_in_two_has_no_one_successor() -> None:
    assert successor("E10000006", TODAY) == (None, ())  # Cumbria
    assert successor("E99999999", TODAY) == (None, ())


def test_a_look_up_takes_microseconds() -> None:
    find("SG1 1AA", TODAY)
    best = min(timeit.repeat(lambda: find("SG1 1AA", TODAY), number=1000, repeat=7)) / 1000
    assert best < 20e-6
