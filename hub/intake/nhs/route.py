"""`POST /v1/nhs-events`: NHS events, as whoever collects them from the NHS passes them on: one in a request."""

from hub.intake.answers import Answers
from hub.intake.batcher import Batcher
from hub.intake.clients import Client
from hub.intake.doorbell import Doorbell
from hub.intake.nhs.events import read_event
from hub.intake.problems import invalid
from hub.intake.reading import ONE, PLAIN, Media, idempotency_key
from hub.intake.telling import Answered, Headers, Identify, Receive, TellingRoute
from hub.intake.translation import NotTaken
from hub.settings import Settings

_FHIR = b"application/fhir+json"
_ACCEPTED = "application/cloudevents+json, application/json, or application/fhir+json"


class NhsEventsRoute(TellingRoute):
    """Reads the NHS's vocabulary in place of the hub's own."""

    def __init__(self, identify: Identify, settings: Settings, batcher: Batcher, answers: Answers, doorbell: Doorbell) -> None:
        media = Media(dict.fromkeys((ONE, PLAIN, _FHIR), settings.max_body_bytes), _ACCEPTED)
        super().__init__(identify, media, batcher, answers, doorbell)
        self._depth = settings.max_depth

    async def _answer(self, client: Client, kind: bytes, headers: Headers, receive: Receive) -> Answered:
        key = idempotency_key(headers)
        raw = await self._body(kind, receive)
        try:
            told = read_event(raw, self._depth)
        except NotTaken as refused:
            raise invalid(refused.faults) from None
        return await self._one(client, key, told)
