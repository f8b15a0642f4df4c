"""The parts life events are made of: dates, names, addresses, identifiers, contacts."""

from schemas.parts.address import Address, normal_postcode
from schemas.parts.contact import Contact, EstateContact, Informant, Spouse, Statement
from schemas.parts.identifiers import (
    Chi,
    DrivingLicence,
    NhsNumber,
    Nino,
    PassportNumber,
    Uprn,
    VehicleMark,
    is_nhs_number,
    is_nino,
)
from schemas.parts.partial_date import DatedFact, PartialDate, Verification, is_partial_date
from schemas.parts.person_name import Alias, PersonName

__all__ = [
    "Address",
    "Alias",
    "Chi",
    "Contact",
    "DatedFact",
    "DrivingLicence",
    "EstateContact",
    "Informant",
    "NhsNumber",
    "Nino",
    "PartialDate",
    "PassportNumber",
    "PersonName",
    "Spouse",
    "Statement",
    "Uprn",
    "VehicleMark",
    "Verification",
    "is_nhs_number",
    "is_nino",
    "is_partial_date",
    "normal_postcode",
]
