"""NHS events over HTTP, as whoever collects them from the NHS passes them on: one in a request."""

from collections.abc import Mapping

from hub.intake.nhs.events import read_event
from hub.intake.problems import invalid
from hub.intake.reading import ONE, PLAIN, Media, Reader
from hub.intake.translation import NotTaken
from hub.settings import Settings
from schemas import Notification

FHIR = b"application/fhir+json"
_ACCEPTED = "application/cloudevents+json, application/json, or application/fhir+json"


class NhsReader(Reader):
    """Reads the NHS's vocabulary in place of the hub's own."""

    def __init__(self, settings: Settings) -> None:
        Media.__init__(self, dict.fromkeys((ONE, PLAIN, FHIR), settings.max_body_bytes), _ACCEPTED)
        self._depth = settings.max_depth

    def one(self, kind: bytes, headers: Mapping[bytes, bytes], raw: bytes) -> Notification:
        """The notification of an event. Raises `Problem`."""
        try:
            return read_event(raw, self._depth)
        except NotTaken as refused:
            raise invalid(refused.faults) from None
