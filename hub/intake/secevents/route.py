"""`POST /v1/security-events`: tokens pushed over HTTP, answered as RFC 8935 has it."""

from typing import Any

from hub.intake.answers import Answers
from hub.intake.batcher import Batcher
from hub.intake.clients import Client
from hub.intake.doorbell import Doorbell
from hub.intake.problems import invalid
from hub.intake.reading import Media
from hub.intake.secevents.keys import public_keys
from hub.intake.secevents.token import TYPE, TokenRefused, read_token
from hub.intake.telling import Answered, Headers, Identify, Receive, TellingRoute
from hub.intake.translation import sentence
from hub.problems import Problem
from hub.settings import Settings

_MEDIA = f"application/{TYPE}".encode()
# What the hub refuses of a token that can be read, in RFC 8935's codes; everything else is `invalid_request`.
_CODES = {403: "access_denied"}
_NOT_OF_THE_TOKEN = (401, 405, 413, 415, 429, 500, 503)


class SecurityEventsRoute(TellingRoute):
    """The caller is known by its API key as at every door; the token must be signed with a key of the same client."""

    def __init__(self, identify: Identify, settings: Settings, batcher: Batcher, answers: Answers, doorbell: Doorbell) -> None:
        super().__init__(identify, Media({_MEDIA: settings.max_body_bytes}, _MEDIA.decode()), batcher, answers, doorbell)
        self._settings = settings

    async def _answer(self, client: Client, kind: bytes, headers: Headers, receive: Receive) -> Answered:
        raw = await self._body(kind, receive)
        keys = public_keys(client.jwks) if client.jwks else None
        try:
            told = read_token(raw.decode("latin-1").strip(), keys, self._settings.public_url.rstrip("/"), self._settings.max_depth)
        except TokenRefused as refused:
            problem = invalid(refused.faults)
            problem.tag = refused.code
            raise problem from None
        await self._recorded(client, None, told)
        return 202, None, []

    def _refusal(self, problem: Problem) -> tuple[int, Any, bytes]:
        """400 with a code and a description for what is wrong with the token itself (RFC 8935, section 2.3)."""
        if problem.status in _NOT_OF_THE_TOKEN:
            return super()._refusal(problem)
        code = _CODES.get(problem.status) or (problem.tag if problem.status == 422 else "invalid_request")
        description = "; ".join(map(sentence, problem.faults)) or problem.detail
        return 400, {"err": code, "description": description}, b"application/json"
