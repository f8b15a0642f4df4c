"""A stillbirth: a kind of its own, so that nothing meant for a birth can follow it. Its entitlements do."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.birth import Confinement
from schemas.events.life_event import LifeEvent
from schemas.parts import DatedFact, Informant, PersonName, Registration, Sex, Uprn, is_registered
from schemas.parts.person import Person, Relative
from schemas.standing import Fact
from schemas.words import Line, Model, is_empty


class StillbornChild(Model):
    """A name may be registered, and need not be."""

    names: PersonName | None = None
    sex: Sex | None = None
    date_of_stillbirth: DatedFact | None = None
    place_of_stillbirth: Line | None = None


class Stillbirth(LifeEvent):
    """A child was stillborn. It says whose (a registration number, or the mother) and when. The mother is the person concerned."""

    kind: ClassVar[str] = "stillbirth"
    _not_ahead: ClassVar[tuple[str, ...]] = ("child", "date_of_stillbirth")

    registration: Registration | None = None
    child: StillbornChild
    confinement: Confinement | None = None
    mother: Person
    second_parent: Person | None = None
    informant: Informant | None = None
    uprn: Uprn | None = None
    relatives: Annotated[tuple[Relative, ...], Field(max_length=30, exclude_if=is_empty)] = ()

    @model_validator(mode="after")
    def _says_whose_and_when(self) -> Self:
        if not (is_registered(self.registration) or self.mother.is_identified):
            accepted = "registration.number, or a name or number of the mother"
            raise PydanticCustomError("who", "does not say whose child it was", {"accepted": accepted})
        if self.fact is Fact.ASSERTED and self.child.date_of_stillbirth is None:
            raise PydanticCustomError("when", "does not say when it happened", {"accepted": "child.dateOfStillbirth"})
        return self
