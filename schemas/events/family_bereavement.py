"""Somebody's near relative has died: what follows for the one who is left (a widow's council tax, a child's school)."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.life_event import LifeEvent
from schemas.parts import DatedFact, Person, PersonName, Relationship, Uprn
from schemas.standing import Fact
from schemas.words import Model


class Lost(Model):
    """The person who died, as far as the one who is left may have to say: whom, and when."""

    names: PersonName | None = None
    date_of_death: DatedFact | None = None


class FamilyBereavement(LifeEvent):
    """`person` is the one who is left, and what `relationship` they had to the person who died."""

    kind: ClassVar[str] = "family-bereavement"

    person: Person
    relationship: Relationship
    deceased: Lost | None = None
    uprn: Uprn | None = None
    adults_remaining: Annotated[int, Field(ge=0, le=50)] | None = None

    @model_validator(mode="after")
    def _says_who_and_when(self) -> Self:
        if not self.person.is_identified:
            raise PydanticCustomError("who", "does not say who is left", {"accepted": "a name or a number of `person`"})
        if self.fact is Fact.ASSERTED and (self.deceased is None or self.deceased.date_of_death is None):
            raise PydanticCustomError("when", "does not say when the other died", {"accepted": "deceased.dateOfDeath"})
        return self
