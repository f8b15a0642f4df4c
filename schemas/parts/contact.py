"""People and firms around the subject. What they are told rests on their own interest, never on the subject's record."""

from datetime import date
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.parts.address import Address
from schemas.parts.identifiers import Nino
from schemas.parts.partial_date import PartialDate
from schemas.parts.person_name import PersonName
from schemas.words import Line, Model, Prose, pattern

_TELEPHONE = pattern(r"^\+?[0-9(][0-9 ()./-]{3,30}$", "figures and spaces, such as 01438 242242 or +44 1438 242242")
# The form only: whether mail arrives there nobody can tell from the form.
_EMAIL = pattern(r"^[^@\s\p{Cc}]{1,64}@[^@\s\p{Cc}]+\.[^@\s.\p{Cc}]+$", "an address such as name@example.org")

Telephone = Annotated[str, StringConstraints(max_length=32, pattern=_TELEPHONE)]
Email = Annotated[str, StringConstraints(max_length=254, pattern=_EMAIL)]


class Contact(Model):
    """A person: who they are, how they are related, how to reach them."""

    names: PersonName | None = None
    relationship: Line | None = None
    address: Address | None = None
    telephone: Telephone | None = None
    email: Email | None = None


class Informant(Contact):
    """Who told the hub or the registrar."""


class EstateContact(Contact):
    """Who deals with the estate: a person or a company."""

    company: Line | None = None
    reference: Line | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.names is None) == (self.company is None):
            raise PydanticCustomError("estate_contact", "names not one", {"accepted": "a person (names) or a company, one of the two"})
        return self


class Spouse(Model):
    """Wife, husband or civil partner, as far as benefits and pensions ask: name, and NINO or date of birth."""

    names: PersonName | None = None
    nino: Nino | None = None
    date_of_birth: PartialDate | None = None


class Statement(Model):
    """A relative's signed statement to the electoral registration officer (2001 Regulations, regulation 31C)."""

    names: PersonName
    address: Address
    relationship: Line
    signed_on: date
    text: Prose | None = None
