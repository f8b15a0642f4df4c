"""A FHIR Patient of the Personal Demographics Service (PDS) as somebody's particulars.

Sources: CareConnect-Patient-1 (STU3) as profiled by nhsconnect/Events-Management; UK Core Patient (R4) as the PDS FHIR API
gives it; Extension-CareConnect-DeathNotificationStatus-1 and Extension-UKCore-DeathNotificationStatus, whose inner
extension is called `deathNotificationStatus` in both.

Left out: telecom, general practitioner, contacts and earlier addresses, which no recipient is told of a death; and the
gender `other` or `unknown`, which is no sex of a register.
"""

from typing import Any

from hub.intake.member import Member
from hub.intake.nhs.signal import DAY, NHS_NUMBER
from hub.intake.translation import address

_SEXES = {"male", "female"}
# HL7 v3 Confidentiality from unrestricted to moderate, and normal. Of whatever else a label says (restricted, very restricted,
# PDS's own `REDACTED`) the address is nobody's to pass on, even where it is there by mistake.
_UNRESTRICTED = {"U", "L", "M", "N"}


def particulars(patient: Member, *, with_home: bool) -> dict[str, Any]:
    """What the resource says of the person, in the hub's words. Raises `NotTaken` where it is not of FHIR's form."""
    gender = patient.at("gender").text()
    home = patient.at("address").first(lambda one: with_home and one.at("use").value == "home")
    return {
        "names": _name(_official(patient)),
        "sex": gender if gender in _SEXES else "",
        "dateOfBirth": {"value": patient.at("birthDate").text()[:DAY]},
        "usualAddress": _address(home),
    }


def is_restricted(patient: Member) -> bool:
    """Where the person lives must be kept from others. Raises `NotTaken` for a label whose code is no text."""
    return any(label.at("code").text().upper() not in _UNRESTRICTED for label in patient.at("meta", "security").items())


def as_one_who_died(patient: Member) -> dict[str, Any]:
    """What is asked beside of somebody who died."""
    return {
        "maidenName": _with_use(patient, "maiden").at("family").text(),
        "dateOfDeath": {"value": patient.at("deceasedDateTime").text()[:DAY]},
    }


def number_of(patient: Member) -> Member:
    """The NHS number in it."""
    return patient.at("identifier").first(lambda one: one.at("system").value == NHS_NUMBER).at("value")


def death_status(patient: Member) -> Member:
    """The code of the death notification status, as PDS has it."""
    for outer in patient.at("extension").items():
        inner = outer.at("extension").first(lambda one: one.at("url").value == "deathNotificationStatus")
        if inner:
            return inner.at("valueCodeableConcept", "coding").first().at("code")
    return Member(None, "deathNotificationStatus")


def _official(patient: Member) -> Member:
    return _with_use(patient, "official") or _with_use(patient, "usual") or patient.at("name").first(lambda one: not one.at("use"))


def _with_use(patient: Member, use: str) -> Member:
    return patient.at("name").first(lambda one: one.at("use").value == use)


def _name(name: Member) -> dict[str, Any]:
    return {
        "title": name.at("prefix").first().text(),
        "given": [given.text() for given in name.at("given").items()],
        "family": name.at("family").text(),
    }


def _address(home: Member) -> dict[str, Any]:
    lines = [line.text() for line in home.at("line").items()]
    return address([*lines, *(home.at(name).text() for name in ("city", "district"))], home.at("postalCode").text())
