"""The parts life events are made of: dates, names, addresses, identifiers, contacts."""

from schemas.parts.address import Address, normal_postcode
from schemas.parts.choice import Choice, Confidence
from schemas.parts.contact import Contact, Email, EstateContact, Informant, Spouse, Statement, Telephone
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
from schemas.parts.partial_date import DatedFact, PartialDate, Verification, first_day, is_partial_date
from schemas.parts.person import Person, Relationship, Relative, Sex
from schemas.parts.person_name import Alias, PersonName
from schemas.parts.registration import RegisterArea, Registration, is_registered

__all__ = [
    "Address",
    "Alias",
    "Chi",
    "Choice",
    "Confidence",
    "Contact",
    "DatedFact",
    "DrivingLicence",
    "Email",
    "EstateContact",
    "Informant",
    "NhsNumber",
    "Nino",
    "PartialDate",
    "PassportNumber",
    "Person",
    "PersonName",
    "RegisterArea",
    "Registration",
    "Relationship",
    "Relative",
    "Sex",
    "Spouse",
    "Statement",
    "Telephone",
    "Uprn",
    "VehicleMark",
    "Verification",
    "first_day",
    "is_nhs_number",
    "is_nino",
    "is_partial_date",
    "is_registered",
    "normal_postcode",
]
