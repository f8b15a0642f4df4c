"""The route for whoever asks which councils and services a postcode has."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from hub.intake import Client
from hub.kinds import Kinds
from hub.lookup import PlaceAnswer, look_up
from hub.places import Reason
from hub.recipients import Register
from hub.web.asked import day_asked, not_valid


def routes(identify: Callable[[Request], Awaitable[Client]], register: Callable[[], Register]) -> APIRouter:
    """A router over the current register; `identify` authenticates a client and keeps it to its rate."""
    router = APIRouter()

    @router.get("/v1/places/{postcode}", tags=["places"], summary="Look up a postcode", response_model=PlaceAnswer)
    async def place(
        client: Annotated[Client, Depends(identify)],
        on: Annotated[date, Depends(day_asked)],
        postcode: Annotated[str, Path(description="Any spelling: SG1 1AA, sg11aa.")],
        kind: Annotated[str | None, Query(description="Only who would be told of this kind of event.")] = None,
    ) -> Response:
        """Read which ward and councils a postcode has on a day, why they are others than they were, and which services would be
        asked there of an event; or the reason why it has none. Nothing of who asked about what is kept."""
        current = register()
        answer = look_up(postcode, on, _kinds(kind, current.kinds), current if current.version else None)
        if answer.reason == Reason.NOT_A_POSTCODE:
            raise not_valid("postcode", "is not a British postcode", "one such as SG1 1AA; a letter O or I may stand for a figure 0 or 1")
        return Response(answer.model_dump_json(by_alias=True), 200, {"cache-control": "no-store"}, "application/json")

    return router


def _kinds(kind: str | None, known: Kinds) -> list[str]:
    if kind is not None and kind not in known:
        raise not_valid("kind", "is not a kind the hub knows", ", ".join(sorted(known)))
    return [kind] if kind else sorted(known)
