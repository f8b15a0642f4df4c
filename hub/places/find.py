"""From a postcode and a day to the councils responsible, or the reason why nobody can be named."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import orjson

from hub.places.councils import Council, CouncilKind, Councils, Succession
from hub.places.postcodes import PostcodeTable
from schemas.parts import normal_postcode

_DATA = Path(__file__).parent / "data"

_CROWN_DEPENDENCIES = ("JE", "GY", "IM")
# British Forces, Gibraltar, and the territories whose one postcode ends in 1ZZ (Royal Mail, Universal Postal Union).
_ABROAD = ("BF", "GX")
_TERRITORIES = frozenset({"AI", "ASCN", "BBND", "BIQQ", "FIQQ", "KY", "MSR", "PCRN", "SIQQ", "STHL", "TDCU", "TKCA", "VG"})


class Tier(StrEnum):
    """How local government is arranged at a place."""

    TWO_TIER = "two-tier"
    UNITARY = "unitary"
    METROPOLITAN = "metropolitan"
    LONDON = "london"
    SCOTTISH = "scottish"
    WELSH = "welsh"


class Reason(StrEnum):
    """Why a postcode leads to no council."""

    NOT_A_POSTCODE = "not-a-postcode"
    UNKNOWN_POSTCODE = "unknown-postcode"
    NORTHERN_IRELAND = "northern-ireland"
    CROWN_DEPENDENCY = "crown-dependency"
    ABROAD = "abroad"
    NO_DISTRICT = "no-district"
    COUNCIL_UNRESOLVED = "council-unresolved"


@dataclass(frozen=True, slots=True)
class Ward:
    """An electoral ward by its GSS code."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a postcode lies on a day. `county` is None where one council runs everything.

    `district` is the council that runs the district's services, whatever it is called. `combined` is the combined
    authority it belongs to, if any. `successions` says which councils of the postcode's edition have been replaced.
    """

    ward: Ward
    district: Council
    county: Council | None
    combined: Council | None
    tier: Tier
    nation: str
    successions: tuple[Succession, ...] = ()

    @property
    def councils(self) -> tuple[Council, ...]:
        """The councils responsible, the district's or single council first."""
        return (self.district, self.county) if self.county else (self.district,)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Nobody can be named, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class _Area:
    ward: Ward
    district: str
    county: str | None


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    postcodes: PostcodeTable
    areas: tuple[_Area | None, ...]
    councils: Councils


@cache
def _gazetteer(folder: Path) -> _Gazetteer:
    content = orjson.loads((folder / "areas.json").read_bytes())
    areas = (_Area(Ward(ward, name), district, county) if district else None for ward, name, district, county in content["areas"])
    return _Gazetteer(PostcodeTable(folder / "postcodes.bin"), tuple(areas), Councils.from_json(content["councils"]))


def find(postcode: str, on: date, folder: Path = _DATA) -> Place | Unplaced:
    """Where `postcode` (any spelling) lies and who is responsible there on the day `on`.

    Boundaries are those of the edition in `data/`; before that edition the councils are the edition's own, since
    only a council that exists can be told.
    """
    normal = normal_postcode(postcode)
    if normal is None:
        return Unplaced(_reason_for_form(postcode))
    gazetteer = _gazetteer(folder)
    number = gazetteer.postcodes.area_of(normal)
    if number is None:
        return Unplaced(_reason_for_unknown(normal))
    area = gazetteer.areas[number]
    if area is None:
        return Unplaced(Reason.NO_DISTRICT)
    return _place(area, on, folder)


def council(code: str, folder: Path = _DATA) -> Council | None:
    """A council by any code it is or was known by, whether it still exists or not."""
    return _gazetteer(folder).councils.get(code)


def successor(code: str, on: date, folder: Path = _DATA) -> tuple[Council | None, tuple[Succession, ...]]:
    """Who stands in for a council on a day; None where several share its area (a county split up) or it is not known."""
    return _gazetteer(folder).councils.on(code, on)


@lru_cache(maxsize=16_384)
def _place(area: _Area, on: date, folder: Path) -> Place | Unplaced:
    councils = _gazetteer(folder).councils
    district, passed = councils.on(area.district, on)
    if district is None:
        return Unplaced(Reason.COUNCIL_UNRESOLVED)
    county: Council | None = None
    if district.kind is CouncilKind.DISTRICT:
        county, more = councils.on(area.county or district.county or "", on)
        passed += more
        if county is None:
            return Unplaced(Reason.COUNCIL_UNRESOLVED)
    elif area.county and (ended := councils.get(area.county)) and ended.ended and ended.ended <= on:
        passed += (Succession(ended.code, district.code, ended.ended),)
    return Place(
        ward=area.ward,
        district=district,
        county=county,
        combined=councils.get(district.combined) if district.combined else None,
        tier=Tier.TWO_TIER if county else Tier(district.kind.value),
        nation=district.nation,
        successions=passed,
    )


def _reason_for_form(text: str) -> Reason:
    outward = text.strip().upper().replace(" ", "").removesuffix("1ZZ").rstrip("0123456789-")
    return Reason.ABROAD if outward in _TERRITORIES else Reason.NOT_A_POSTCODE


def _reason_for_unknown(postcode: str) -> Reason:
    if postcode.startswith("BT"):
        return Reason.NORTHERN_IRELAND
    if postcode.startswith(_CROWN_DEPENDENCIES):
        return Reason.CROWN_DEPENDENCY
    return Reason.ABROAD if postcode.startswith(_ABROAD) else Reason.UNKNOWN_POSTCODE
