"""The entry in a register of births, stillbirths, deaths, marriages or civil partnerships."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.words import PRINTABLE, Line, Model


class RegisterArea(StrEnum):
    """Whose register it is. Numbers of Scotland are unique only with district and year."""

    ENGLAND_AND_WALES = "england-and-wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern-ireland"


class Registration(Model):
    """The entry in the register. `number` is opaque; what happened abroad, at sea or with the forces has none."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=PRINTABLE)] | None = None
    area: RegisterArea | None = None
    district: Line | None = None
    year: Annotated[int, Field(ge=1837, le=2200)] | None = None
    registered_on: date | None = None
    amended_on: date | None = None

    @model_validator(mode="after")
    def _scotland_needs_district(self) -> Self:
        if self.area is RegisterArea.SCOTLAND and self.number and not (self.district and self.year):
            accepted = "a Scottish number with its district and year: alone it is not unique"
            raise PydanticCustomError("registration", "is not complete", {"accepted": accepted})
        return self


def is_registered(registration: Registration | None) -> bool:
    """Whether it says which entry of the register it is."""
    return registration is not None and registration.number is not None
