"""The routes: recipients' answers, a teller's view of its case, and the status page.

The API mounts them with `routes(identify, office)`; who a client is, is the API's to find out.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError

from hub.cases import parse_reference
from hub.privacy import Blind, Keys
from hub.store import LEDGER_AWAY, Connection, Pool
from hub.tracking.answering import acknowledge
from hub.tracking.case import Referenced, case_status, find_reference
from hub.tracking.directory import Directory
from hub.tracking.disclosures import disclosures
from hub.tracking.fetching import Missing, fetch
from hub.tracking.protection import is_kept_from
from hub.tracking.rules import Refusal
from hub.tracking.web.page import erased_page, received_page, status_page, unknown_page
from hub.tracking.web.problems import problem, unavailable
from schemas import LARGEST_ACKNOWLEDGEMENT, Acknowledgement, CaseStatus, Disclosures, faults, parse_acknowledgement


class Client(Protocol):
    """A system that has authenticated. `recipient` is the one it answers for, if any."""

    @property
    def id(self) -> str: ...

    @property
    def recipient(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Office:
    """What the routes work with, open while the API runs. `public_url` ends without a stroke."""

    pool: Pool
    keys: Keys
    blind: Blind
    directory: Directory
    public_url: str


_REFUSED = {
    Refusal.UNKNOWN: (404, "No such message", "No message with this id was sent to you. Give the id of one you received."),
    Refusal.NOT_SENT: (409, "Not sent yet", "This message has not been sent to you yet. Answer it when you have it."),
}
_NOT_FETCHED = {
    Missing.UNKNOWN: (404, "No such message", "No message with this id waits for you to fetch it. Give the address in its `dataref`."),
    Missing.NOT_NOW: (409, "Not now", "Something about it has changed. Keep the message and fetch it again later."),
    Missing.OVER: (410, "Over", "It has been erased, or is over for you: nothing of it is given any more."),
}
_NOT_BEFORE = {Missing.NOT_NOW: {"retry-after": "60"}}


def status_url(public_url: str, blind: Blind, reference: str) -> str:
    """The signed link to a case's status page."""
    return f"{public_url}/status/{blind.sign_link(reference)}"


def routes(identify: Callable[..., Awaitable[Client]], office: Callable[[Request], Office]) -> APIRouter:
    """A router over `office`; `identify` is the dependency that authenticates a client, or answers 401 itself."""
    router = APIRouter()

    @router.post("/v1/messages/{message_id}/acknowledgement", tags=["recipients"], summary="Answer a message")
    async def answer(message_id: str, request: Request, client: Annotated[Any, Depends(identify)]) -> Response:
        """Say what became of a message: `accepted`, `applied`, `no-record`, `rejected` or `needs-information`.

        Only the recipient it was sent to may say. The same answer again is answered as the first time.
        """
        if client.recipient is None:
            return problem(403, "not-a-recipient", "Not a recipient's key", "Answer with the key that was given to the recipient.")
        said = await _said(request)
        return said if isinstance(said, Response) else await _answer(office(request), message_id, client.recipient, said)

    @router.get("/v1/messages/{message_id}/data", tags=["recipients"], summary="Fetch what a thin event left")
    async def data(message_id: str, request: Request, client: Annotated[Any, Depends(identify)]) -> Response:
        """Fetch the data of a message whose event carried only `standing` and `fact`, at its `dataref`. For the recipient it was
        sent to, alone; the first time is on record as the disclosure.

        While the case is being planned again, what is said of it now is held from this recipient, or the agreement it was told under
        has given way to none, the answer is 409 `not-now`: fetch again after `Retry-After`. Once it is over for this recipient, or
        its agreement of today names less, it is 410."""
        if client.recipient is None:
            return problem(403, "not-a-recipient", "Not a recipient's key", "Fetch with the key that was given to the recipient.")
        try:
            return await _fetch(office(request), message_id, client.recipient)
        except LEDGER_AWAY:
            return unavailable()

    @router.get("/v1/cases/{reference}", tags=["tellers"], summary="Read what became of a case", response_model=CaseStatus)
    async def case(reference: str, request: Request, client: Annotated[Any, Depends(identify)]) -> Response:
        """Read who was to be told, who knows, what each did, and why others were not told. For the client that told, alone."""
        try:
            return await _case(office(request), reference, client.id)
        except LEDGER_AWAY:
            return unavailable()

    @router.get(
        "/v1/cases/{reference}/disclosures", tags=["tellers"], summary="Read what was disclosed of a case", response_model=Disclosures
    )
    async def disclosed(reference: str, request: Request, client: Annotated[Any, Depends(identify)]) -> Response:
        """Read which fields went to whom, when, and under which agreement with its power and basis. For the client that told, alone."""
        try:
            return await _disclosed(office(request), reference, client.id)
        except LEDGER_AWAY:
            return unavailable()

    @router.get("/status/{token}", include_in_schema=False)
    async def page(token: str, request: Request) -> Response:
        """The status page, for people: whole behind the signed link, a receipt behind a bare reference."""
        try:
            return await _page(office(request), token)
        except LEDGER_AWAY:
            return unavailable()

    return router


async def _said(request: Request) -> Acknowledgement | Response:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_ACKNOWLEDGEMENT:
            return problem(413, "too-large", "The acknowledgement is too large", f"Accepted: at most {LARGEST_ACKNOWLEDGEMENT} bytes.")
    try:
        return parse_acknowledgement(bytes(body))
    except ValidationError as error:
        return problem(422, "invalid", "The acknowledgement is not valid", "Correct the fields named in `faults`.", faults(error))


async def _answer(room: Office, message_id: str, recipient: str, said: Acknowledgement) -> Response:
    try:
        async with room.pool.connection() as connection:
            result = await acknowledge(connection, room.keys, message_id, recipient, said, "http")
    except LEDGER_AWAY:
        return unavailable()
    if isinstance(result, Refusal):
        status, title, detail = _REFUSED[result]
        return problem(status, result.value, title, detail)
    noted = {"message": message_id, "answer": said.answer.value, "state": result.state.word, "repeated": result.repeated}
    return Response(orjson.dumps(noted), 200, {"cache-control": "no-store"}, "application/json")


async def _fetch(room: Office, message_id: str, recipient: str) -> Response:
    async with room.pool.connection() as connection:
        found = await fetch(connection, room.keys, room.directory, message_id, recipient)
    if isinstance(found, Missing):
        status, title, detail = _NOT_FETCHED[found]
        return problem(status, found.value, title, detail, headers=_NOT_BEFORE.get(found, {}))
    return Response(found, 200, {"cache-control": "no-store"}, "application/json")


async def _case(room: Office, typed: str, client: str) -> Response:
    async with room.pool.connection() as connection:
        theirs = await _theirs(connection, typed, client)
        if isinstance(theirs, Response):
            return theirs
        reference, found = theirs
        status = await case_status(connection, room.keys, room.directory, reference, found)
    links = {"self": f"{room.public_url}/v1/cases/{reference}", "page": status_url(room.public_url, room.blind, reference)}
    return _json(status.model_copy(update={"links": links}))


async def _disclosed(room: Office, typed: str, client: str) -> Response:
    async with room.pool.connection() as connection:
        theirs = await _theirs(connection, typed, client)
        if isinstance(theirs, Response):
            return theirs
        reference, found = theirs
        if await is_kept_from(connection, room.keys, found.case_id, client):
            return _json(Disclosures(reference=reference, recipients_shown=False))
        return _json(await disclosures(connection, room.directory, reference, found.case_id))


async def _theirs(connection: Connection, typed: str, client: str) -> tuple[str, Referenced] | Response:
    """What a reference stands for, for the one client it was given to."""
    reference, found = await _find(connection, typed)
    if found is None or found.client != client:
        return problem(404, "unknown-reference", "No such reference", "Give a reference that a `202` of yours carried.")
    if found.erased_at is not None:
        return problem(410, "erased", "The case has been erased", "What was told under this reference can no longer be read.")
    return reference, found


def _json(said: CaseStatus | Disclosures) -> Response:
    return Response(said.model_dump_json(by_alias=True), 200, {"cache-control": "no-store"}, "application/json")


async def _page(room: Office, token: str) -> Response:
    signed = room.blind.check_link(token)
    async with room.pool.connection() as connection:
        reference, found = await _find(connection, signed or token)
        if found is None:
            return unknown_page()
        if signed is None:
            return received_page(reference)
        if found.erased_at is not None:
            return erased_page()
        return status_page(await case_status(connection, room.keys, room.directory, reference, found), room.directory.title(found.kind))


async def _find(connection: Connection, typed: str) -> tuple[str, Referenced | None]:
    reference = parse_reference(typed)
    return (reference, await find_reference(connection, reference)) if reference else ("", None)
