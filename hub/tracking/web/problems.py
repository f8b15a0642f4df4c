"""The problems of this room as responses."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import orjson
from fastapi import Response

from hub import problems
from hub.problems import PROBLEM_JSON, Problem
from schemas import Fault


def problem(
    status: int, tag: str, title: str, detail: str, faults: Sequence[Fault] = (), headers: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """A problem as a response. `tag` tells machines apart what `title` tells people; `faults` are those of single fields."""
    return _response(Problem(status, tag, title, detail, faults, headers))


def unavailable() -> Response:
    """The ledger is away: nothing was taken, and the same may be sent again."""
    return _response(problems.unavailable())


def _response(found: Problem) -> Response:
    return Response(orjson.dumps(found.document()), found.status, {"cache-control": "no-store", **found.headers}, PROBLEM_JSON.decode())
