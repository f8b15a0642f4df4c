"""Answers the hub over HTTP for a webhook receiver. What the hub has not taken is remembered, and told again until it has."""

import asyncio
import logging

import httpx

from connectors.kit.memory import Memory

_PAUSE = 5.0  # seconds after which the hub is asked again, where it names none
_LONGEST = 300.0
# What the hub says of this very answer, and will say again. All else may be put right: the key, the address, a proxy between.
_REFUSED = (409, 410, 413, 422)
_PROBLEM = "application/problem+json"
_OF_THE_KEY = {401: "the hub does not know this key", 403: "this is not a recipient's key"}

_log = logging.getLogger(__name__)


class Answering:
    """Tells the hub, with this recipient's API key, that each message `memory` has as unanswered is applied."""

    def __init__(self, hub: str, key: str, memory: Memory) -> None:
        self._client = httpx.AsyncClient(base_url=hub, headers={"authorization": f"Bearer {key}"}, timeout=10.0)
        self._memory = memory
        self._more = asyncio.Event()

    def wake(self) -> None:
        """There is one more."""
        self._more.set()

    async def run(self) -> None:
        """Until cancelled. One that the hub does not take now has its turn again after the others."""
        async with self._client:
            while True:
                self._more.clear()
                try:
                    await self._answer_all()
                except Exception:
                    _log.exception("answering failed: answers wait")
                    await asyncio.sleep(_PAUSE)
                else:
                    await self._more.wait()

    async def _answer_all(self) -> None:
        while messages := self._memory.unanswered():
            for message in messages:
                await asyncio.sleep(await self._answer(message))
            if self._memory.unanswered():
                await asyncio.sleep(_PAUSE)

    async def _answer(self, message: str) -> float:
        """Answer one; the seconds to leave the hub alone then."""
        try:
            response = await self._client.post(f"/v1/messages/{message}/acknowledgement", json={"answer": "applied"})
        except httpx.HTTPError as error:
            _log.warning("the hub cannot be reached (%s): answers wait", type(error).__name__)
            return _PAUSE
        if response.status_code in _REFUSED and response.headers.get("content-type") == _PROBLEM:
            _log.error("the hub refuses the answer to %s: %d", message, response.status_code)
        elif not response.is_success:
            _log.warning("the answer to %s waits: %s", message, _why(response.status_code))
            if response.status_code == httpx.codes.NOT_FOUND:  # of this one only: the others need not wait for it
                return 0.0
            after = response.headers.get("retry-after", "")
            return min(float(after), _LONGEST) if after.isdecimal() else _PAUSE
        self._memory.forget_unanswered(message)
        return 0.0


def _why(status: int) -> str:
    if status in _OF_THE_KEY:
        return f"{_OF_THE_KEY[status]} ({status}). It is set by TUO_RECIPIENT_KEY; put it right and start again"
    return f"the hub does not take it now ({status})"
