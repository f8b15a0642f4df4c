"""A change of name. It goes to the recipients the person picked, and to no other."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.events.life_event import LifeEvent
from schemas.parts import Person, PersonName
from schemas.standing import Fact


class NameChange(StrEnum):
    """By what the name changed. Not told unless an agreement names it."""

    MARRIAGE = "marriage"
    CIVIL_PARTNERSHIP = "civil-partnership"
    DISSOLUTION = "dissolution"
    DEED_POLL = "deed-poll"
    OTHER = "other"


class ChangeOfName(LifeEvent):
    """`person` is who they are now. `formerNames` serve to find the record; an earlier sex is not part of the schema."""

    kind: ClassVar[str] = "change-of-name"
    _not_ahead: ClassVar[tuple[str, ...]] = ("changed_on",)

    person: Person
    former_names: PersonName | None = None
    changed_on: date | None = None
    by: NameChange | None = None

    @model_validator(mode="after")
    def _says_who_and_when(self) -> Self:
        if self.fact is Fact.ASSERTED and (self.person.names is None or self.former_names is None):
            raise PydanticCustomError("who", "does not say both names", {"accepted": "person.names and formerNames"})
        if not self.person.is_identified and self.former_names is None:
            raise PydanticCustomError("who", "does not say who", {"accepted": "person.names, formerNames, or a number"})
        if self.fact is Fact.ASSERTED and self.changed_on is None:
            raise PydanticCustomError("when", "does not say when", {"accepted": "changedOn, a day"})
        return self
