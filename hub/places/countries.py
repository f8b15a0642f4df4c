"""What an address says of its country, as tellers and registers write it: names in English and Welsh, and the codes of ISO 3166.

The countries outside the British Islands are in `countries.txt`, one a line: alpha-2, alpha-3, number, names in English and
Welsh (Unicode CLDR), and what else people call them. The codes of the four nations are those of ISO 3166-2:GB and of the
Office for National Statistics.
"""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from hub.places.reasons import Reason, by_area
from schemas.parts import normal_postcode

_APART = re.compile(r"[,;/|()\[\]]| [-\u2013\u2014] ")
_OF_BRITAIN = re.compile(r"gb [a-z]{3}")
_BRITAIN = (
    "uk", "gb", "gbr", "826", "united kingdom", "great britain", "britain", "british", "united kingdom of great britain",
    "united kingdom of great britain and northern ireland", "uk of gb and ni", "england and wales", "england", "scotland", "wales",
    "deyrnas unedig", "prydain", "prydain fawr", "cymru a lloegr", "lloegr", "alban", "cymru", "alba",
    "eng", "sct", "wls", "e92000001", "s92000003", "w92000004", "k02000001", "k03000001", "k04000001",
)  # fmt: skip
_NORTHERN_IRELAND = ("northern ireland", "n ireland", "ni", "nir", "gb nir", "gogledd iwerddon", "n92000002")
_CROWN_DEPENDENCIES = (
    "jersey", "je", "jey", "832", "guernsey", "gg", "ggy", "831", "alderney", "sark", "herm", "channel islands", "ynysoedd y sianel",
    "isle of man", "im", "imn", "833", "ynys manaw",
)  # fmt: skip
_NOT_SAID = frozenset({"", "na", "nil", "none", "not applicable", "not known", "unknown"})  # Namibia has a name
_THERE = frozenset({Reason.NORTHERN_IRELAND, Reason.CROWN_DEPENDENCY})


def by_country(country: str | None, postcode: str | None) -> Reason | None:
    """Of an address that says its country; None where it may lie in Great Britain.

    The country decides: some foreign postcodes look British, and a council must not be told of somebody who lived abroad.
    Only a postcode of Northern Ireland or a Crown Dependency says better than a country what people there write (`Ireland`).
    What is no country known here is not abroad unless the postcode is none of Britain's: nobody would look at it again.
    """
    if not country or _words(country) in _NOT_SAID:
        return None
    normal = normal_postcode(postcode or "")
    here = by_area(normal) if normal else None
    said = _judged(_said(country), is_foreign=bool(postcode) and normal is None)
    return here if said in (Reason.ABROAD, Reason.COUNTRY_UNCLEAR) and here in _THERE else said


def _judged(said: frozenset[Reason | None], *, is_foreign: bool) -> Reason | None:
    """Of what its parts say. Where they say nothing, a postcode that has not the British form does; two that differ are unclear."""
    if not said:
        return Reason.ABROAD if is_foreign else Reason.COUNTRY_UNCLEAR
    outside = said - {None}
    if len(outside) > 1 or (Reason.ABROAD in outside and None in said):
        return Reason.COUNTRY_UNCLEAR
    return next(iter(outside), None)


@lru_cache(maxsize=1024)
def _said(country: str) -> frozenset[Reason | None]:
    """Where its parts lie, of those that are countries; None is Great Britain."""
    known = _known()
    parts = {_words(part).removesuffix(" uk") for part in (country, *_APART.split(country))}
    return frozenset(known.get(part) for part in parts if part in known or _OF_BRITAIN.fullmatch(part))


@cache
def _known() -> dict[str, Reason | None]:
    lines = Path(__file__).with_name("countries.txt").read_text(encoding="utf-8").splitlines()
    return {
        **{_words(name): Reason.ABROAD for line in lines for name in line.split(";")},
        **dict.fromkeys(_CROWN_DEPENDENCIES, Reason.CROWN_DEPENDENCY),
        **dict.fromkeys(_NORTHERN_IRELAND, Reason.NORTHERN_IRELAND),
        **dict.fromkeys(_BRITAIN, None),
    }


def _words(text: str) -> str:
    """Letters and figures alone, without accents, case and article: `U.K.` is `uk`, `Côte d'Ivoire` is `cote d ivoire`."""
    plain = (letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() else " and " if letter == "&" else " " for letter in plain).split()
    if all(len(word) == 1 for word in words):
        return "".join(words)
    if words[0] in ("the", "y", "yr"):
        words = words[1:]
    return " ".join("saint" if word == "st" else word for word in words)
