"""Why a postcode leads to no council, judged by its form and by the post's outward codes."""

import re
from enum import StrEnum
from itertools import takewhile


class Reason(StrEnum):
    """Why nobody can be named. Each is a rule that `hub.policy.explain` puts into words."""

    NOT_A_POSTCODE = "not-a-postcode"
    UNKNOWN_POSTCODE = "unknown-postcode"
    NOT_GEOGRAPHIC = "not-geographic"
    NORTHERN_IRELAND = "northern-ireland"
    CROWN_DEPENDENCY = "crown-dependency"
    ABROAD = "abroad"
    COUNTRY_UNCLEAR = "country-unclear"
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


def by_form(text: str) -> Reason:
    """Of what has not the form of a British postcode."""
    compact = text.strip().upper().replace(" ", "")
    return Reason.ABROAD if _ABROAD.fullmatch(compact) else Reason.NOT_A_POSTCODE


def by_area(postcode: str) -> Reason:
    """Of a normalised postcode that is not in the gazetteer."""
    area = "".join(takewhile(str.isalpha, postcode))
    return _AREAS.get(area, Reason.UNKNOWN_POSTCODE)
