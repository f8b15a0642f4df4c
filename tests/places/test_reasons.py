"""Postcodes that lead to no council, each with its own reason, and addresses whose country decides."""

from datetime import date

import pytest

from hub.places import Place, Reason, Unplaced, find, locate
from hub.policy import explain
from schemas.parts import normal_postcode

TODAY = date(2026, 3, 12)
BRITAIN = [
    *(
        "England",
        "the united kingdom",
        "Cymru",
        "England, UK",
        "United Kingdom (UK)",
        "Scotland, UK",
        "Cymru / Wales",
        "Hertfordshire, England",
    ),
    *("Y Deyrnas Unedig", "Lloegr", "Yr Alban", "GB-ENG", "gb-ukm", "GBR", "826", "England.", "UK of GB and NI", "E92000001"),
]


@pytest.mark.parametrize(
    ("reason", "postcodes"),
    [
        (Reason.NORTHERN_IRELAND, ["BT1 5GS", "bt926aa", "BT99 1AA"]),
        (Reason.CROWN_DEPENDENCY, ["JE2 3AB", "JE1 1AA", "GY1 1AA", "GY10 1SA", "IM1 1AA", "IM99 1AA"]),
        (Reason.ABROAD, ["BF1 0AX", "BF1 2AU", "BFPO 57", "bfpo 4001", "GX11 1AA"]),
        (Reason.ABROAD, ["ASCN 1ZZ", "BBND 1ZZ", "BIQQ 1ZZ", "FIQQ 1ZZ", "PCRN 1ZZ", "SIQQ 1ZZ", "STHL 1ZZ", "TDCU 1ZZ", "TKCA 1ZZ"]),
        (Reason.ABROAD, ["AI-2640", "KY1-1100", "MSR 1110", "VG1110"]),
        (Reason.NOT_GEOGRAPHIC, ["GIR 0AA", "BX1 1LT", "BX9 1AS", "XX10 1DD", "XM4 5HQ"]),
        (Reason.UNKNOWN_POSTCODE, ["SG1 1ZZ", "QQ1 1QQ", "B1 9ZZ", "G99 9ZZ", "GU99 9ZZ", "E1W 9ZZ", "W1A 9ZZ"]),
        (
            Reason.NOT_A_POSTCODE,
            ["", "hello", "75011", "SG1", "SG1 1A", "SG1 1AAA", "BFPO", "1ZZ", "GIR", "KY12", "KY1 1", "HM 12", "SG1\x00 1AA"],
        ),
    ],
)
def test_every_outward_code_without_a_council_has_its_reason(reason: Reason, postcodes: list[str]) -> None:
    assert {postcode: find(postcode, TODAY) for postcode in postcodes} == dict.fromkeys(postcodes, Unplaced(reason))


def test_every_reason_is_said_in_words() -> None:
    assert [reason for reason in Reason if explain(reason) == f"The rule {reason} decided so."] == []


@pytest.mark.parametrize("country", [None, "", "United Kingdom", "UK", "U.K.", "GB", "England UK", "N/A", "n.a.", "not known", *BRITAIN])
def test_an_address_in_britain_is_found_by_its_postcode(country: str | None) -> None:
    place = locate({"lines": ["1 High Street"], "postcode": "SG1 1AA", "country": country}, TODAY)
    assert isinstance(place, Place)
    assert place.district.name == "Stevenage"


@pytest.mark.parametrize(
    ("postcode", "country", "reason"),
    [
        ("SG1 1AA", "Singapore", Reason.ABROAD),  # looks British, and is even a postcode there is
        ("W1 1AA", "Malta", Reason.ABROAD),
        ("75011", "France", Reason.ABROAD),
        (None, "New Zealand", Reason.ABROAD),
        *(("SG1 1AA", country, Reason.ABROAD) for country in ("FR", "FRA", "250", "Ffrainc", "Paris, France", "U.S.A.", "Cote d'Ivoire")),
        ("75011", "Frankreich", Reason.ABROAD),
        *(("SG1 1AA", country, Reason.COUNTRY_UNCLEAR) for country in ("Hertfordshire", "Narnia", "United Kingdom / Ireland")),
        (None, "Hertfordshire", Reason.COUNTRY_UNCLEAR),
        (None, "Namibia", Reason.ABROAD),
        ("BT1 5GS", "Ulster", Reason.NORTHERN_IRELAND),
        ("SG1 1AA", "Northern Ireland, UK", Reason.NORTHERN_IRELAND),
        ("BT1 5GS", "Ireland", Reason.NORTHERN_IRELAND),
        ("BT1 5GS", "United Kingdom", Reason.NORTHERN_IRELAND),
        (None, "Northern Ireland", Reason.NORTHERN_IRELAND),
        ("JE2 3AB", "Channel Islands", Reason.CROWN_DEPENDENCY),
        ("JE2 3AB", "United Kingdom", Reason.CROWN_DEPENDENCY),
        (None, "Isle of Man", Reason.CROWN_DEPENDENCY),
    ],
)
def test_what_an_address_says_of_its_country_comes_first(postcode: str | None, country: str, reason: Reason) -> None:
    if postcode == "SG1 1AA":
        assert normal_postcode(postcode)
        assert isinstance(find(postcode, TODAY), Place)
    assert locate({"postcode": postcode, "country": country}, TODAY) == Unplaced(reason)


@pytest.mark.parametrize("address", [None, {}, {"lines": ["somewhere in Stevenage"]}, {"country": "England"}])
def test_an_address_that_does_not_say_where_has_no_place(address: dict[str, object] | None) -> None:
    assert locate(address, TODAY) is None


def test_a_uprn_is_not_needed_to_find_the_place() -> None:
    assert (
        locate({"postcode": "SG1 1AA"}, TODAY) == locate({"postcode": "SG1 1AA", "uprn": "100080815263"}, TODAY) == find("SG1 1AA", TODAY)
    )
