"""Every error that leaves the API is a problem document, whoever found it."""

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from hub.observe import log
from hub.problems import PROBLEM_JSON, Problem, cut_short, defect, unavailable
from hub.store import LEDGER_AWAY
from schemas import Fault, in_words

_DETAILS = {
    404: ("Not found", "There is nothing at this address: /docs lists what there is."),
    405: ("Method not allowed", "Not with this method: /docs lists what there is."),
}


def speak_in_problems(app: FastAPI) -> None:
    """Have `app` answer errors in problem documents."""

    @app.exception_handler(Problem)
    async def told(_: Request, problem: Problem) -> Response:
        return _response(problem)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        title, detail = _DETAILS.get(error.status_code, ("Refused", str(error.detail)))
        return _response(Problem(error.status_code, "refused", title, detail, headers=dict(error.headers or {})))

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        faults = [Fault(".".join(map(str, item["loc"][1:])), *in_words(item)) for item in error.errors()]
        return _response(Problem(422, "invalid", "The request is not valid", "See `faults`.", faults))

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, error: ClientDisconnect) -> Response:
        return _response(cut_short())

    async def away(_: Request, error: Exception) -> Response:
        log.warning("api.database-away", exc_info=error)
        return _response(unavailable())

    for kind in LEDGER_AWAY:
        app.add_exception_handler(kind, away)

    @app.exception_handler(Exception)
    async def unexpected(_: Request, error: Exception) -> Response:
        log.error("api.defect", exc_info=error)
        return _response(defect())


def _response(problem: Problem) -> Response:
    return Response(orjson.dumps(problem.document()), problem.status, dict(problem.headers), PROBLEM_JSON.decode())
