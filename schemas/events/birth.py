"""A birth, as a hospital, a parent or a registrar tells it. What is registered again (a parent added) is a correction."""

from datetime import time
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.life_event import LifeEvent
from schemas.parts import Informant, Person, Registration, Relative, Uprn, is_registered
from schemas.standing import Fact
from schemas.words import Model, is_empty

_Order = Annotated[int, Field(ge=1, le=12)]


class Confinement(Model):
    """Which of the children born together this one is: siblings are subjects of their own."""

    order: _Order | None = None
    births: _Order | None = None


class Birth(LifeEvent):
    """A child was born alive. It says who (a registration number, a name, an NHS or CHI number, or the mother) and when."""

    kind: ClassVar[str] = "birth"
    _not_ahead: ClassVar[tuple[str, ...]] = ("child", "date_of_birth")

    registration: Registration | None = None
    child: Person
    time_of_birth: time | None = None
    confinement: Confinement | None = None
    mother: Person | None = None
    second_parent: Annotated[Person | None, Field(description="absent where none is registered")] = None
    informant: Informant | None = None
    uprn: Uprn | None = None
    relatives: Annotated[tuple[Relative, ...], Field(max_length=30, exclude_if=is_empty)] = ()

    @model_validator(mode="after")
    def _says_who_and_when(self) -> Self:
        if not (is_registered(self.registration) or self.child.is_identified or (self.mother is not None and self.mother.is_identified)):
            accepted = "registration.number, or a name or number of the child or of the mother"
            raise PydanticCustomError("who", "does not say who was born", {"accepted": accepted})
        if self.fact is Fact.ASSERTED and self.child.date_of_birth is None:
            raise PydanticCustomError("when", "does not say when the child was born", {"accepted": "child.dateOfBirth"})
        return self
