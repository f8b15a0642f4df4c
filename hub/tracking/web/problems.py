"""Problem documents (RFC 9457) of this room, in the form that all of the API's have."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson
from fastapi import Response

from schemas import Fault


def problem(status: int, tag: str, title: str, detail: str, faults: Sequence[Fault] = ()) -> Response:
    """A problem as a response. `tag` tells machines apart what `title` tells people; `faults` are those of single fields."""
    body: dict[str, Any] = {"type": f"urn:tuo:problem:{tag}", "title": title, "status": status, "detail": detail}
    if faults:
        body["faults"] = [asdict(fault) for fault in faults]
    return Response(orjson.dumps(body), status, {"cache-control": "no-store"}, "application/problem+json")


def unavailable() -> Response:
    """The ledger is away: nothing was taken, and the same may be sent again."""
    response = problem(503, "unavailable", "The hub cannot reach its ledger", "Nothing was recorded. Send the same again in a few seconds.")
    response.headers["retry-after"] = "2"
    return response
