"""What happens in a recipient's office: after a while it answers the hub by HTTP, and tries until the hub has it."""

import asyncio
import contextlib

import httpx

from connectors.kit.simulator.behaviour import Behaviour
from connectors.kit.simulator.witness import Arrival
from schemas.acknowledgement import Acknowledgement

_PAUSE = 0.5  # seconds between tries
_TRIES = 240
_AT_ONCE = 16


class Office:
    """Answers for all webhook recipients of one simulator, each with its own API key."""

    def __init__(self, hub: str) -> None:
        self._client = httpx.AsyncClient(base_url=hub, timeout=10.0, trust_env=False)
        self._desks = asyncio.Semaphore(_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self.given = 0
        self.refused: list[int] = []  # statuses by which the hub refused an answer for good

    def answer(self, arrival: Arrival, behaviour: Behaviour, key: str) -> None:
        """Answer `arrival` as `behaviour` says, later."""
        if behaviour.answer is not None:
            said = Acknowledgement(answer=behaviour.answer, reason=behaviour.reason)
            task = asyncio.create_task(self._answer(arrival.message, said, behaviour.answer_after, key))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what is unanswered."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def _answer(self, message: str, said: Acknowledgement, after: float, key: str) -> None:
        await asyncio.sleep(after)
        content = said.model_dump_json(by_alias=True, exclude_none=True)
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        for _ in range(_TRIES):
            status = 503
            with contextlib.suppress(httpx.HTTPError):
                async with self._desks:
                    status = (
                        await self._client.post(f"/v1/messages/{message}/acknowledgement", content=content, headers=headers)
                    ).status_code
            if status < 300:
                self.given += 1
                return
            if status < 500 and status not in (408, 429):
                self.refused.append(status)
                return
            await asyncio.sleep(_PAUSE)
