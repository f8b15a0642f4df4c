"""A move: from when, from where, to where. Everybody who moves is a subject of their own, with a choice of their own."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.life_event import LifeEvent, Misplaced
from schemas.parts import Address, Choice, Person, Relationship, Uprn
from schemas.standing import Fact
from schemas.words import Model, is_empty

_REACH = timedelta(days=93)  # three months, ahead and back


class Residence(StrEnum):
    """What is known of where somebody lives now. `renumbered`: nobody moved, the address was given another spelling or number."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    ABROAD = "abroad"
    RENUMBERED = "renumbered"


class HouseholdMember(Model):
    """Somebody who lives with the mover. Nothing of an adult's move is sent without that adult's own `confirmed`."""

    person: Person
    relationship: Relationship | None = None
    moves: bool = True
    confirmed: Annotated[bool, Field(description="by the adult; for a child, by who has parental responsibility")] = False
    choices: Annotated[tuple[Choice, ...], Field(max_length=100, exclude_if=is_empty)] = ()

    @model_validator(mode="after")
    def _says_who_moves(self) -> Self:
        if self.moves and not self.person.is_identified:
            raise PydanticCustomError("who", "does not say who moves too", {"accepted": "a name or a number of `person`, or `moves` false"})
        return self


class ChangeOfAddress(LifeEvent):
    """Somebody's usual address changes on `movedOn`, up to three months ahead or back. The old or the new
    address may be unknown or abroad."""

    kind: ClassVar[str] = "change-of-address"

    mover: Person
    moved_on: date | None = None
    residence: Residence = Residence.KNOWN
    old_address: Address | None = None
    old_uprn: Uprn | None = None
    new_address: Address | None = None
    new_uprn: Uprn | None = None
    until: Annotated[date | None, Field(description="where the new address is for a time only")] = None
    tenure_start: date | None = None
    tell_old_where_to: Annotated[
        bool | None, Field(description="the mover's own choice that the services they leave may read the new address")
    ] = None
    household: Annotated[tuple[HouseholdMember, ...], Field(max_length=30, exclude_if=is_empty)] = ()
    adults_remaining: Annotated[int, Field(ge=0, le=50)] | None = None

    @model_validator(mode="after")
    def _says_who_when_and_where(self) -> Self:
        if not self.mover.is_identified:
            accepted = "a given or family name in mover.names, or mover.nino, nhsNumber or chi"
            raise PydanticCustomError("who", "does not say who moves", {"accepted": accepted})
        if self.fact is not Fact.ASSERTED:
            return self
        if self.moved_on is None:
            raise PydanticCustomError("when", "does not say when", {"accepted": "movedOn, a day"})
        if self.old_address is None and self.new_address is None:
            raise PydanticCustomError("where", "does not say where", {"accepted": "oldAddress, newAddress, or both"})
        if self.until is not None and self.until <= self.moved_on:
            raise PydanticCustomError("until", "ends before it begins", {"accepted": "`until` after `movedOn`"})
        return self

    def out_of_time(self, now: datetime) -> dict[tuple[str, ...], Misplaced]:
        """With the others the day of the move, where it is asserted."""
        misplaced = super().out_of_time(now)
        if self.moved_on is not None and self.fact is Fact.ASSERTED and abs(self.moved_on - now.date()) > _REACH:
            accepted = "a day within three months of today; further back, the services concerned have to be told themselves"
            misplaced[("movedOn",)] = Misplaced("is too far from today", accepted)
        return misplaced
