"""The policy over HTTP: may this be shared, and by which rule?"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from hub.intake import Client
from hub.policy import Sharing, ask
from hub.problems import Problem
from hub.recipients import Register
from hub.web.asked import day_asked
from schemas import SourceKind
from schemas.words import pattern

# They answer people's questions about any recipient.
_ASK_OF_ALL = frozenset({SourceKind.CONTACT_DESK})

_SLUG = pattern(r"^[a-z][a-z0-9.-]*$", "small letters, figures, hyphens and full stops, such as stevenage.council-tax")
_DOTTED = pattern(r"^[a-z][A-Za-z0-9.]*$", "a dotted path, such as deceased.names.family")
_Slug = Annotated[str, Query(max_length=81, pattern=_SLUG)]
_Path = Annotated[str | None, Query(max_length=200, pattern=_DOTTED, description="a dotted path; all of the kind where none is given")]


def policy_routes(identify: Callable[..., Awaitable[Client]], register: Callable[[], Register]) -> APIRouter:
    """A router over the register in use; `identify` is the dependency that authenticates a client."""
    router = APIRouter()

    @router.get("/v1/policy/explain", tags=["recipients"], summary="Ask what may be shared", response_model=Sharing)
    async def explained(
        kind: _Slug,
        recipient: _Slug,
        client: Annotated[Any, Depends(identify)],
        on: Annotated[date, Depends(day_asked)],
        field: _Path = None,
    ) -> Sharing:
        """Ask whether a recipient may be told of a kind of event, or one field of it: `allowed`, `held` or `prohibited`, with the rule,
        where it comes from, and what a citizen reads. A recipient's client asks about itself; a contact desk about all."""
        if client.recipient != recipient and client.source_kind not in _ASK_OF_ALL:
            raise Problem(403, "not-yours", "Not yours to ask about", "Ask about the recipient that this key answers for.")
        answer = ask(register(), kind, recipient, field, on)
        if isinstance(answer, list):
            raise Problem(422, "invalid", "The question cannot be answered", "See `faults`.", answer)
        return answer

    return router
