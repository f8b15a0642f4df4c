"""Who runs the hub, as papers, notices and messages name it: `controller.yaml` beside the entries."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from hub.kinds import Entry
from hub.recipients.entries import Text
from hub.recipients.faults import Fault
from hub.recipients.said import read_as
from schemas.words import pattern

FILE = "controller.yaml"

# It travels in a header of some ways and is dialled from a page: nothing but what a telephone takes.
_TELEPHONE = pattern(r"^\+?[0-9][0-9 ]{5,19}$", "figures and spaces, such as 0808 157 0001")
_EMAIL = pattern(r"^[^@\s<>\"']{1,64}@[A-Za-z0-9.-]{1,190}$", "an address such as desk@council.example")
_ICO_NUMBER = pattern(r"^Z[A-Z0-9][0-9]{6}$", "Z, a letter or figure, and six figures")
Telephone = Annotated[str, StringConstraints(pattern=_TELEPHONE)]
Email = Annotated[str, StringConstraints(pattern=_EMAIL)]
IcoNumber = Annotated[str, StringConstraints(pattern=_ICO_NUMBER)]


class Contact(Entry):
    """Somebody to speak to: an office or a person at work, never the subject of a case."""

    name: Text
    telephone: Telephone
    email: Email


class Controller(Entry):
    """The controller of the hub's data. `contact` is the one named contact for a living person recorded as dead in error."""

    name: Text
    address: Annotated[tuple[Text, ...], Field(min_length=1, max_length=8)]
    data_protection_officer: Contact
    ico_registration: Annotated[IcoNumber, Field(description="its number in the Information Commissioner's register of fee payers")]
    contact: Contact


def read_controller(folder: Path) -> Controller | list[Fault] | None:
    """What `folder` says of who runs the hub, everything that is wrong with it, or None where it says nothing."""
    path = folder / FILE
    if not path.exists():
        return None
    found = read_as(path, Controller)
    return found if isinstance(found, list) else found[1]


def unnamed() -> Fault:
    """The warning where the folder says nothing of it."""
    said = "is not there: a retraction names nobody whom a living person recorded as dead can speak to"
    return Fault(FILE, 1, "", said, "`name`, `address`, `dataProtectionOfficer`, `icoRegistration` and `contact`")
