"""Why a postcode leads to no council, judged by its form and by the post's outward codes."""

import re
from enum import StrEnum
from itertools import takewhile

from schemas.parts import normal_postcode


class Reason(StrEnum):
    """Why nobody can be named. Each is a rule that `hub.policy.explain` puts into words."""

    NOT_A_POSTCODE = "not-a-postcode"
    UNKNOWN_POSTCODE = "unknown-postcode"
    NOT_GEOGRAPHIC = "not-geographic"
    NORTHERN_IRELAND = "northern-ireland"
    CROWN_DEPENDENCY = "crown-dependency"
    ABROAD = "abroad"
    NO_DISTRICT = "no-district"
    COUNCIL_UNRESOLVED = "council-unresolved"


# Royal Mail's postcode areas without a place in the gazetteer. GX is Gibraltar, BF the British forces; GIR, BX and XX are
# sorted by who receives and not by where, XM is the sorting office of letters to Father Christmas.
_AREAS = {
    "BT": Reason.NORTHERN_IRELAND,
    "JE": Reason.CROWN_DEPENDENCY,
    "GY": Reason.CROWN_DEPENDENCY,
    "IM": Reason.CROWN_DEPENDENCY,
    "BF": Reason.ABROAD,
    "GX": Reason.ABROAD,
    "GIR": Reason.NOT_GEOGRAPHIC,
    "BX": Reason.NOT_GEOGRAPHIC,
    "XX": Reason.NOT_GEOGRAPHIC,
    "XM": Reason.NOT_GEOGRAPHIC,
}
# The territories with one postcode each, those with figures of their own (Universal Postal Union), and the British forces as
# they were written before they had postcodes and still are (BFPO 57). Whole: KY12 is half a postcode of Fife.
_ABROAD = re.compile(
    r"(ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)1ZZ|AI-?2640|KY[1-3]-?[0-9]{4}|MSR-?1[0-9]{3}|VG-?11[0-9]{2}|BFPO[0-9]{1,4}"
)

# As tellers and registers write them; anything else that is said as a country lies abroad.
_BRITAIN = frozenset(
    {"uk", "u k", "gb", "gbr", "united kingdom", "great britain", "britain", "england", "scotland", "wales", "cymru",
     "england and wales", "united kingdom of great britain and northern ireland"}
)  # fmt: skip
_COUNTRIES = {
    **dict.fromkeys(("northern ireland", "n ireland", "ni"), Reason.NORTHERN_IRELAND),
    **dict.fromkeys(("jersey", "guernsey", "alderney", "sark", "isle of man", "channel islands"), Reason.CROWN_DEPENDENCY),
}


def by_form(text: str) -> Reason:
    """Of what has not the form of a British postcode."""
    compact = text.strip().upper().replace(" ", "")
    return Reason.ABROAD if _ABROAD.fullmatch(compact) else Reason.NOT_A_POSTCODE


def by_area(postcode: str) -> Reason:
    """Of a normalised postcode that is not in the gazetteer."""
    area = "".join(takewhile(str.isalpha, postcode))
    return _AREAS.get(area, Reason.UNKNOWN_POSTCODE)


def by_country(country: str | None, postcode: str | None) -> Reason | None:
    """Of an address that says its country; None where it may lie in Great Britain.

    The country decides: some foreign postcodes look British, and a council must not be told of somebody who lived abroad.
    Only a postcode of Northern Ireland or a Crown Dependency says better than a country what people there write (`Ireland`).
    """
    words = " ".join("".join(letter if letter.isalnum() else " " for letter in (country or "").casefold()).split())
    words = words.removeprefix("the ")
    if not words or words in _BRITAIN:
        return None
    if words in _COUNTRIES:
        return _COUNTRIES[words]
    normal = normal_postcode(postcode or "")
    here = by_area(normal) if normal else None
    return here if here in (Reason.NORTHERN_IRELAND, Reason.CROWN_DEPENDENCY) else Reason.ABROAD
