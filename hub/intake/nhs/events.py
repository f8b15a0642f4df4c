"""Which NHS events the hub takes, by their type. A further one is an entry here, and what makes the data of its kind."""

from collections.abc import Callable
from typing import Any

from hub.intake.member import Member
from hub.intake.nhs.birth import birth
from hub.intake.nhs.bundles import from_bundle
from hub.intake.nhs.cloudevents import from_cloudevent
from hub.intake.nhs.death import bereavement
from hub.intake.nhs.signal import Signal
from hub.intake.reading import read_json
from hub.intake.translation import notification, said
from schemas import Notification, event_type

EVENTS: dict[str, tuple[str, Callable[[Signal], dict[str, Any]]]] = {
    "pds-birth-notification-1": ("birth", birth),
    "pds-death-notification-1": ("bereavement", bereavement),
    "pds-death-notification-2": ("bereavement", bereavement),
}


def read_event(raw: bytes, depth: int) -> Notification:
    """The notification of an event in JSON, nested at most so deep. Raises `NotTaken`, and `Problem` where it is beyond all limits."""
    whole = Member(read_json(raw, depth))
    signal = from_bundle(whole) if whole.at("resourceType").value == "Bundle" else from_cloudevent(whole)
    kind, data_of = signal.type.one_of(EVENTS)
    envelope = {"specversion": "1.0", "id": signal.id, "source": signal.source, "type": event_type(kind), "time": signal.at}
    data = {**data_of(signal), "protected": signal.is_restricted or None}
    return notification({**said(envelope), "data": said(data)}, signal.names)
