"""A death, as a citizen, a hospital, a coroner, a registrar or the register tells it."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.deceased import Deceased
from schemas.events.life_event import LifeEvent
from schemas.parts import Contact, EstateContact, Informant, Registration, Relative, Spouse, Statement, Uprn, is_registered
from schemas.standing import Fact
from schemas.words import Line, Model, is_empty


class FreeText(Model):
    """The register's own words where no date says it ("Dead body found on …"). They go to nobody by default."""

    date_of_death: Line | None = None
    date_of_birth: Line | None = None


class Bereavement(LifeEvent):
    """A death. It says who died (a registration number, a name, or a NINO, NHS or CHI number: one is enough) and, unless it takes
    the death back, when. Only what is said of the deceased and the registration follows the source's time; the people
    around the deceased are kept by teller."""

    kind: ClassVar[str] = "bereavement"
    _not_ahead: ClassVar[tuple[str, ...]] = ("deceased", "date_of_death")

    registration: Registration | None = None
    deceased: Deceased
    free_text: FreeText | None = None
    informant: Informant | None = None
    next_of_kin: Contact | None = None
    estate_contact: EstateContact | None = None
    spouse: Spouse | None = None
    dependants: bool | None = None
    uprn: Uprn | None = None
    adults_remaining: Annotated[int, Field(ge=0, le=50)] | None = None
    statement: Statement | None = None
    relatives: Annotated[tuple[Relative, ...], Field(max_length=30, exclude_if=is_empty)] = ()

    @model_validator(mode="after")
    def _says_who_and_when(self) -> Self:
        who = self.deceased
        names = who.names
        if not (is_registered(self.registration) or (names and (names.family or names.given)) or who.nino or who.nhs_number or who.chi):
            accepted = "registration.number, a given or family name in deceased.names, or deceased.nino, nhsNumber or chi"
            raise PydanticCustomError("who", "does not say who died", {"accepted": accepted})
        if self.fact is Fact.ASSERTED and who.date_of_death is None and not (self.free_text and self.free_text.date_of_death):
            accepted = "deceased.dateOfDeath (a year is enough), or the register's own words in freeText.dateOfDeath"
            raise PydanticCustomError("when", "does not say when the person died", {"accepted": accepted})
        return self
