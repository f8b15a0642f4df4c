"""`pds-birth-notification-1`: a child was born, told by the maternity unit to the NHS.

Source: `pds_birth_notification_1` (nhsconnect/Events-Management): the Communication is about the mother, who may be unknown; the
child is the patient of the RelatedPerson; the time of birth is the extension `patient-birthTime` of the date.

A child whose record has a death status was stillborn or has died. Then this is nothing to be told as a birth by itself: whoever
registers it tells the hub of a stillbirth, or of a birth and a death.

Left out: the observations (birth order, weight, feeding), ethnic category and delivery details, which no recipient is told.
"""

from typing import Any

from hub.intake.nhs.patient import death_status, number_of, particulars
from hub.intake.nhs.signal import DAY, Signal
from schemas import Fact, Standing

_BIRTH_TIME = "http://hl7.org/fhir/StructureDefinition/patient-birthTime"
_BIRTH_PLACE = "http://hl7.org/fhir/StructureDefinition/birthPlace"
_NO_DEATH = "a child without a death status: a stillbirth, or a birth and a death, are told by who registers them"


def birth(signal: Signal) -> dict[str, Any]:
    """The data of a birth. Raises `NotTaken`."""
    child = signal.child.needed("a RelatedPerson, and an entry with the child it refers to")
    if (status := death_status(child)) or child.at("deceasedDateTime") or child.at("deceasedBoolean"):
        raise status.refused("says that the child has died", _NO_DEATH)
    born = child.at("_birthDate", "extension").first(lambda one: one.at("url").value == _BIRTH_TIME).at("valueDateTime").text()
    place = child.at("extension").first(lambda one: one.at("url").value == _BIRTH_PLACE).at("valueAddress", "city").text()
    with_home = not signal.is_restricted
    mother = particulars(signal.patient, with_home=with_home) if signal.patient else {}
    return {
        "standing": Standing.INFORMAL,
        "fact": Fact.ASSERTED,
        "sourceTime": signal.at,
        "child": {**particulars(child, with_home=with_home), "nhsNumber": number_of(child).value, "placeOfBirth": place},
        "timeOfBirth": born[DAY + 1 : DAY + 6],
        "mother": {**mother, "nhsNumber": (number_of(signal.patient) or signal.nhs_number).value},
    }
