"""Signals of the Multicast Notification Service (MNS) as CloudEvents.

Sources: NHSDigital/multicast-notification-service, its CloudEvents: `pdsDeathSignal` for events of
version 1, whose `subject` and `source` are objects; `mns-publish-cloudevent` and `pdsDeath2Signal` for later
ones, which are CloudEvents 1.0 with the NHS number as `subject` and only the address of the record in `dataref`.
"""

from hub.intake.member import Member
from hub.intake.nhs.patient import is_restricted
from hub.intake.nhs.signal import Signal, opaque

_NAMES = {"id": "id", "source": "source", "sourceTime": "time", "deceased.nhsNumber": "subject"}
_NAMES_1 = _NAMES | {
    "source": "source.identifier",
    "deceased.nhsNumber": "subject.nhsNumber",
    "deceased.names.family": "subject.familyName",
    "deceased.dateOfBirth": "subject.dob",
}


def from_cloudevent(event: Member) -> Signal:
    """The signal in a CloudEvent, of either version. Raises `NotTaken`."""
    return _version_1(event) if isinstance(event.at("subject").value, dict) else _version_2(event)


def _version_1(event: Member) -> Signal:
    subject, identifier, data = event.at("subject"), event.at("source", "identifier"), event.at("data")
    return Signal(
        type=event.at("type"),
        id=opaque(event.at("id")),
        source=f"{identifier.at('system').text()}/{identifier.at('value').text()}",
        at=event.at("time").text(),
        nhs_number=subject.at("nhsNumber"),
        family=subject.at("familyName").text(),
        born=subject.at("dob").text(),
        patient=Member(None, "data"),
        status=data.at("deathNotificationStatus"),
        names=_NAMES_1,
    )


def _version_2(event: Member) -> Signal:
    """`data`, which MNS leaves out, may hold the record that whoever passes the signal on has read at `dataref`: a FHIR Patient."""
    return Signal(
        type=event.at("type"),
        id=opaque(event.at("id")),
        source=event.at("source").text(),
        at=event.at("time").text(),
        nhs_number=event.at("subject"),
        patient=event.at("data"),
        is_restricted=is_restricted(event.at("data")),
        names=_NAMES,
    )
