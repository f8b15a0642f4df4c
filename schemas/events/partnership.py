"""A marriage or civil partnership, and its end. Each of the two is a subject of their own."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.events.life_event import LifeEvent
from schemas.parts import Person, Registration, is_registered
from schemas.standing import Fact


class PartnershipChange(StrEnum):
    """What happened."""

    MARRIAGE = "marriage"
    CIVIL_PARTNERSHIP = "civil-partnership"
    CONVERSION = "conversion"
    DIVORCE = "divorce"
    DISSOLUTION = "dissolution"
    ANNULMENT = "annulment"


class Partnership(LifeEvent):
    """`person` is the one whose circumstances this case is about, `partner` the other; with `tellForPartner` what follows for the
    other is told too."""

    kind: ClassVar[str] = "partnership"
    _not_ahead: ClassVar[tuple[str, ...]] = ("took_place_on",)

    registration: Registration | None = None
    change: PartnershipChange
    person: Person
    partner: Person | None = None
    took_place_on: date | None = None
    tell_for_partner: bool | None = None

    @model_validator(mode="after")
    def _says_who_and_when(self) -> Self:
        if not (is_registered(self.registration) or self.person.is_identified):
            raise PydanticCustomError("who", "does not say who", {"accepted": "registration.number, or a name or number of `person`"})
        if self.fact is Fact.ASSERTED and self.took_place_on is None:
            raise PydanticCustomError("when", "does not say when", {"accepted": "tookPlaceOn, a day"})
        if self.tell_for_partner and (self.partner is None or not self.partner.is_identified):
            accepted = "a name or a number of `partner`, or `tellForPartner` false"
            raise PydanticCustomError("partner", "does not say who the partner is", {"accepted": accepted})
        return self
