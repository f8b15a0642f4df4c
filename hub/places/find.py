"""From a postcode and a day to the councils responsible, or the reason why nobody can be named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from hub.places.councils import Council, CouncilKind, Councils, Succession
from hub.places.countries import by_country
from hub.places.gazetteer import Ward, data_folder, gazetteer
from hub.places.reasons import Reason, by_area, by_form
from schemas.parts import normal_postcode


class Tier(StrEnum):
    """How local government is arranged at a place."""

    TWO_TIER = "two-tier"
    UNITARY = "unitary"
    METROPOLITAN = "metropolitan"
    LONDON = "london"
    SCOTTISH = "scottish"
    WELSH = "welsh"


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

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code under which an entry of the register may name who is responsible here."""
        bodies = (*self.councils, self.combined) if self.combined else self.councils
        return tuple(code for body in bodies for code in body.codes)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Nobody can be named, and why."""

    reason: Reason


def find(postcode: str, on: date, folder: Path | None = None) -> Place | Unplaced:
    """Where `postcode` (any spelling) lies and who is responsible there on the day `on`.

    Boundaries are those of the edition in `folder` (this installation's); before that edition the councils are the
    edition's own, since only a council that exists can be told. `why` names those that were there before.
    """
    normal = normal_postcode(postcode)
    if normal is None:
        return Unplaced(by_form(postcode))
    folder = folder or data_folder()
    edition = gazetteer(folder)
    number = edition.postcodes.area_of(normal)
    return Unplaced(by_area(normal)) if number is None else place_of(number, on, folder)


def locate(address: Mapping[str, Any] | None, on: date) -> Place | Unplaced | None:
    """Where an address of an event (`schemas.parts.Address` as JSON) lies on the day `on`; None where it does not say.

    Its country decides before its postcode. A UPRN is carried to those who ask for it and never needed to find the place.
    """
    postcode, country = (address.get("postcode"), address.get("country")) if address else (None, None)
    if reason := by_country(country, postcode):
        return Unplaced(reason)
    return find(postcode, on) if postcode else None


def council(code: str, folder: Path | None = None) -> Council | None:
    """A council by any code it is or was known by, whether it still exists or not."""
    return _councils(folder).get(code)


def successor(code: str, on: date, folder: Path | None = None) -> tuple[Council | None, tuple[Succession, ...]]:
    """Who stands in for a council on a day; None where several share its area (a county split up) or it is not known."""
    return _councils(folder).on(code, on)


def districts_of(county: Council, on: date, folder: Path | None = None) -> tuple[Council, ...]:
    """The districts of a county that stand on a day, by name."""
    found = [one for one in _councils(folder) if one.kind is CouncilKind.DISTRICT and one.county in county.codes and one.is_standing(on)]
    return tuple(sorted(found, key=lambda one: one.name))


def _councils(folder: Path | None) -> Councils:
    return gazetteer(folder or data_folder()).councils


@lru_cache(maxsize=16_384)
def place_of(number: int, on: date, folder: Path) -> Place | Unplaced:
    """Who is responsible in an area of the edition, by its number, on a day."""
    area, councils = gazetteer(folder).areas[number], gazetteer(folder).councils
    if area is None:
        return Unplaced(Reason.NO_DISTRICT)
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
    combined = district.combined or (county and county.combined)
    return Place(
        ward=area.ward,
        district=district,
        county=county,
        combined=councils.get(combined) if combined else None,
        tier=Tier.TWO_TIER if county else Tier(district.kind.value),
        nation=district.nation,
        successions=passed,
    )
