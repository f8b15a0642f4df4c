"""Another telephone number or e-mail address, or another way in which somebody wants to be reached."""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from schemas.events.life_event import LifeEvent
from schemas.parts import Email, Person, Telephone
from schemas.standing import Fact
from schemas.words import Line, Model


class Way(StrEnum):
    """How somebody would rather be reached."""

    POST = "post"
    TELEPHONE = "telephone"
    TEXT = "text"
    EMAIL = "email"
    RELAY = "relay"


class Reach(Model):
    """How to reach somebody from now on; `needs` are words such as "large print" or "Welsh"."""

    telephone: Telephone | None = None
    email: Email | None = None
    prefers: Way | None = None
    needs: Line | None = None


class ChangeOfContact(LifeEvent):
    """`person` is who; `reach` is what holds from `changedOn` on."""

    kind: ClassVar[str] = "change-of-contact"

    person: Person
    reach: Reach
    changed_on: date | None = None

    @model_validator(mode="after")
    def _says_who_and_how(self) -> Self:
        if not self.person.is_identified:
            raise PydanticCustomError("who", "does not say who", {"accepted": "a name or a number of `person`"})
        if self.fact is Fact.ASSERTED and self.reach == Reach():
            raise PydanticCustomError("reach", "does not say what changed", {"accepted": "a member of `reach`"})
        if self.fact is Fact.ASSERTED and self.changed_on is None:
            raise PydanticCustomError("when", "does not say when", {"accepted": "changedOn, a day"})
        return self
