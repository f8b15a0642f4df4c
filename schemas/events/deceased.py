"""The person who died, as far as any recipient asks. Never the cause of death, never the occupation."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.parts import Address, Alias, Chi, DatedFact, DrivingLicence, NhsNumber, Nino, PassportNumber, PersonName, Sex, VehicleMark
from schemas.words import Line, Model, ShortLine, is_empty


class MaritalStatus(StrEnum):
    """As Tell Us Once asks it; `partner` (living together) matters for Bereavement Support Payment."""

    SINGLE = "single"
    PARTNER = "partner"
    MARRIED = "married"
    CIVIL_PARTNERSHIP = "civil-partnership"
    CIVIL_PARTNERSHIP_DISSOLVED = "civil-partnership-dissolved"
    DIVORCED = "divorced"
    SEPARATED = "separated"
    WIDOWED = "widowed"
    SURVIVING_CIVIL_PARTNER = "surviving-civil-partner"


class StayKind(StrEnum):
    """Where somebody was cared for before they died."""

    HOSPITAL = "hospital"
    CARE_HOME = "care-home"
    HOSPICE = "hospice"


class Stay(Model):
    """The hospital or home the person was in before they died."""

    kind: StayKind
    name: Line | None = None
    address: Address | None = None


class Deceased(Model):
    """Everything is optional: births after deaths, no family name, no given name and no address are all real, and none is refused."""

    names: PersonName | None = None
    aliases: Annotated[tuple[Alias, ...], Field(max_length=50, exclude_if=is_empty)] = ()
    maiden_name: Line | None = None
    sex: Sex | None = None
    date_of_birth: DatedFact | None = None
    date_of_death: Annotated[DatedFact | None, Field(description="not in the future; a month or a year is enough")] = None
    place_of_birth: Line | None = None
    usual_address: Address | None = None
    marital_status: MaritalStatus | None = None
    nino: Nino | None = None
    nhs_number: NhsNumber | None = None
    chi: Chi | None = None
    passport_numbers: Annotated[tuple[PassportNumber, ...], Field(max_length=10, exclude_if=is_empty)] = ()
    driving_licence: DrivingLicence | None = None
    vehicles: Annotated[tuple[VehicleMark, ...], Field(max_length=50, exclude_if=is_empty)] = ()
    blue_badge: ShortLine | None = None
    concessionary_pass: ShortLine | None = None
    care_home: bool | None = None
    stay_before_death: Stay | None = None
