"""FHIR bundles: messages of the National Events Management Service (NEMS), and signals of the Multicast Notification Service.

Sources: nhsconnect/Events-Management, `explore_generic_event_requirements` (the header, sequencing by
`meta.lastUpdated`), `pds_death_notification_1` and `pds_birth_notification_1`, FHIR STU3; NHSDigital/multicast-notification-service,
its example of `pds-death-notification-2`, FHIR R4 in the form of the Subscriptions Backport.
"""

from collections.abc import Iterator

from hub.intake.member import Member
from hub.intake.nhs.patient import is_restricted
from hub.intake.nhs.signal import DAY, Signal, opaque

_NAMES_MESSAGE = {
    "id": "MessageHeader.id",
    "source": "MessageHeader.source.endpoint",
    "sourceTime": "MessageHeader.meta.lastUpdated",
    "deceased": "Patient",
    "child": "RelatedPerson.patient",
    "mother": "Patient",
}
_NAMES_SIGNAL = {"id": "id", "source": "additional-context.source", "sourceTime": "timestamp", "deceased": "Patient"}
_ROUTING = "Extension-RoutingDemographics-1"
_EVENT_KIND = "Extension-MessageEventType-1"


def from_bundle(bundle: Member) -> Signal:
    """The signal in a bundle of either kind. Raises `NotTaken`."""
    return bundle.at("type").one_of({"message": _message, "history": _signal})(bundle)


def _message(bundle: Member) -> Signal:
    """As NEMS sends it. Its resources stand in any order, and who it is about is said by the Communication in its focus."""
    header = _resource(bundle, "MessageHeader").needed("an entry with a MessageHeader")
    kind = _extension(header, _EVENT_KIND).at("valueCodeableConcept", "coding").first().at("code")
    kind.one_of({"new": None})  # deaths and births have no other; an update or withdrawal of one would be something else than this
    routing = _extension(header, _ROUTING)
    event = header.at("event") or header.at("eventCoding")
    return Signal(
        type=event.at("code"),
        id=opaque(header.at("id")),
        source=header.at("source", "endpoint").text(),
        at=(header.at("meta", "lastUpdated") or header.at("timestamp")).text(),
        nhs_number=_extension(routing, "nhsNumber").at("valueIdentifier", "value"),
        family=_extension(routing, "name").at("valueHumanName", "family").text(),
        born=_extension(routing, "birthDateTime").at("valueDateTime").text()[:DAY],
        patient=_referred_to(bundle, _resource(bundle, "Communication").at("subject")),
        child=_referred_to(bundle, _resource(bundle, "RelatedPerson").at("patient")),
        is_restricted=_is_restricted(bundle),
        names=_NAMES_MESSAGE,
    )


def _signal(bundle: Member) -> Signal:
    """As MNS sends it. The Patient may be there where whoever passes the signal on has read the record at its focus."""
    parameters = _resource(bundle, "Parameters").needed("an entry with Parameters").at("parameter")
    context = parameters.first(lambda one: one.at("name").value == "additional-context").at("part")

    def said(name: str) -> Member:
        return context.first(lambda part: part.at("name").value == name)

    return Signal(
        type=said("event-type").at("valueString"),
        id=opaque(bundle.at("id")),
        source=said("source").at("valueUri").text(),
        at=bundle.at("timestamp").text(),
        nhs_number=said("subject").at("valueReference", "identifier", "value"),
        patient=_resource(bundle, "Patient"),
        is_restricted=_is_restricted(bundle),
        names=_NAMES_SIGNAL,
    )


def _referred_to(bundle: Member, reference: Member) -> Member:
    """The resource a reference leads to within the bundle, or nothing."""
    address = reference.at("reference").text()
    return bundle.at("entry").first(lambda one: address and one.at("fullUrl").value == address).at("resource")


def _is_restricted(bundle: Member) -> bool:
    return any(is_restricted(one) for one in _resources(bundle) if one.at("resourceType").value == "Patient")


def _resource(bundle: Member, kind: str) -> Member:
    return next((one for one in _resources(bundle) if one.at("resourceType").value == kind), Member(None, kind))


def _resources(bundle: Member) -> Iterator[Member]:
    return (entry.at("resource") for entry in bundle.at("entry").items())


def _extension(of: Member, name: str) -> Member:
    """The extension of that name: FHIR has the whole address of its definition, or the name alone, within another."""
    return of.at("extension").first(lambda one: one.at("url").text().rpartition("/")[2] == name)
