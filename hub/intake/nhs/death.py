"""`pds-death-notification`: the death status of somebody's PDS record changed.

Sources: the table of codes in `pdsDeathSignal` (NHSDigital/multicast-notification-service) and
`pds_death_notification_1` (nhsconnect/Events-Management): 1 informal, 2 formal, U removed, "the patient is NOT DEAD".

What the NHS tells is informal here even where its own status is formal: it has it from the register, which tells the hub
itself; only registrars and the register make a fact registered.
"""

from typing import Any

from hub.intake.nhs.patient import as_one_who_died, death_status, number_of, particulars
from hub.intake.nhs.signal import Signal
from hub.intake.translation import NotTaken, said
from schemas import Fact, Fault, Standing

_STATUSES = {
    "1": (Fact.ASSERTED, "informal death on the NHS record"),
    "2": (Fact.ASSERTED, "formal death on the NHS record"),
    "U": (Fact.RETRACTED, "death status removed from the NHS record"),
}
_NO_DATE = "not said by the NHS event"


def bereavement(signal: Signal) -> dict[str, Any]:
    """The data of a bereavement. Raises `NotTaken`."""
    who = (
        said({**particulars(signal.patient, with_home=not signal.is_restricted), **as_one_who_died(signal.patient)})
        if signal.patient
        else {}
    )
    number = signal.nhs_number.needed("an NHS number").value
    if signal.patient and number_of(signal.patient).value not in (None, number):
        raise NotTaken(Fault("Patient.identifier", "is another person's than the subject's", "one NHS number in both"))
    fact, reason = _status(signal)
    envelope = {"names": {"family": signal.family}, "dateOfBirth": {"value": signal.born}, "nhsNumber": number}
    is_dated = fact is Fact.RETRACTED or "dateOfDeath" in who
    return {
        "standing": Standing.INFORMAL,
        "fact": fact,
        "sourceTime": signal.at,
        "reason": reason,
        "deceased": {**said(envelope), **who},
        "freeText": {} if is_dated else {"dateOfDeath": _NO_DATE},
    }


def _status(signal: Signal) -> tuple[Fact, str]:
    status = signal.status or death_status(signal.patient)
    if not status:
        accepted = "the same with the Patient from the record it refers to, or an event of version 1"
        raise NotTaken(Fault("deathNotificationStatus", "is missing: alone this event does not say whether somebody died", accepted))
    return status.one_of(_STATUSES)
