"""An NHS event without its envelope, whichever of the four it came in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.intake.member import Member

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
DAY = 10  # characters of a date, where a time may follow

_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Signal:
    """What every envelope says. `patient` is the FHIR resource of whom it is about where it came along, `child` that of a child of
    theirs; `status` is the envelope's own death status. `is_restricted`: the record of anybody in it is, and who lives with them lives
    at the same address.

    `names` has the sender's words for the hub's fields, for what is refused.
    """

    type: Member
    id: str
    source: str
    at: str
    nhs_number: Member
    patient: Member
    child: Member = field(default_factory=lambda: Member(None, "RelatedPerson.patient"))
    family: str = ""
    born: str = ""
    status: Member = field(default_factory=lambda: Member(None))
    is_restricted: bool = False
    names: Mapping[str, str] = field(default_factory=dict)


def opaque(id_: Member) -> str:
    """An event's id, which must be a UUID, as the specifications say: anything else may be a person's number."""
    accepted = "a UUID"
    text = id_.needed(accepted).text()
    if not _UUID.fullmatch(text):
        raise id_.refused("is not of the form accepted", accepted)
    return text
