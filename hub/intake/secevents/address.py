"""An address of the government vocabulary as lines.

Source: govuk-one-login/data-vocab, `address`, whose members follow Ordnance Survey's AddressBase;
they are put in the order in which AddressBase writes a delivery point address.
"""

from typing import Any

from hub.intake.member import Member
from hub.intake.translation import address

_BEFORE = ("departmentName", "organisationName", "subBuildingName", "buildingName")
_STREETS = ("dependentStreetName", "streetName")
_AFTER = ("doubleDependentAddressLocality", "dependentAddressLocality", "addressLocality", "addressRegion")


def postal_address(found: Member) -> dict[str, Any]:
    """Lines, postcode and country. The number of a building stands before the first of its streets."""
    streets = [text for name in _STREETS if (text := found.at(name).text())]
    number = found.at("buildingNumber").text()
    if number:
        streets[:1] = [f"{number} {streets[0]}" if streets else number]
    box = found.at("poBoxNumber").text()
    lines = [*_all(found, _BEFORE), f"PO Box {box}" if box else "", *streets, *_all(found, _AFTER)]
    return address(lines, found.at("postalCode").text(), found.at("addressCountry").text())


def _all(found: Member, names: tuple[str, ...]) -> list[str]:
    return [found.at(name).text() for name in names]
