"""A living person, as far as any recipient asks to find their record."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.parts.address import Address
from schemas.parts.contact import Email, Telephone
from schemas.parts.identifiers import Chi, NhsNumber, Nino
from schemas.parts.partial_date import DatedFact
from schemas.parts.person_name import Alias, PersonName
from schemas.words import Line, Model, is_empty


class Sex(StrEnum):
    """As registered."""

    MALE = "male"
    FEMALE = "female"
    INDETERMINATE = "indeterminate"


class Person(Model):
    """Everything is optional: how much is needed says the kind of change."""

    names: PersonName | None = None
    aliases: Annotated[tuple[Alias, ...], Field(max_length=50, exclude_if=is_empty)] = ()
    sex: Sex | None = None
    date_of_birth: DatedFact | None = None
    place_of_birth: Line | None = None
    usual_address: Address | None = None
    nino: Nino | None = None
    nhs_number: NhsNumber | None = None
    chi: Chi | None = None
    telephone: Telephone | None = None
    email: Email | None = None

    @property
    def is_identified(self) -> bool:
        """Whether there is a name or a number by which anybody could find them."""
        named = self.names is not None and bool(self.names.family or self.names.given)
        return named or bool(self.nino or self.nhs_number or self.chi)


class Relationship(StrEnum):
    """What somebody is to the person concerned."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    OTHER = "other"


class Relative(Model):
    """Somebody of the family. With `tell` the teller asks that what follows for them is told as well: they are a subject of their own."""

    person: Person
    relationship: Relationship
    tell: bool = False

    @model_validator(mode="after")
    def _says_of_whom(self) -> Self:
        if self.tell and not self.person.is_identified:
            raise PydanticCustomError("who", "does not say for whom", {"accepted": "a name or a number of `person`, or `tell` false"})
        return self
