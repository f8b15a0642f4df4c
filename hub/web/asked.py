"""What several routes ask in one way."""

from datetime import date
from typing import Annotated

from fastapi import Query

from hub.problems import Problem
from schemas import Fault
from schemas.days import today


def day_asked(on: Annotated[str | None, Query(description="The day, as 2027-04-01; today where none is given.")] = None) -> date:
    """The day that a question is about. A number is none: it would be read as seconds since 1970. Raises `Problem` (422)."""
    try:
        return date.fromisoformat(on) if on else today()
    except ValueError:
        raise not_valid("on", "is not a day", "a day such as 2027-04-01") from None


def not_valid(field: str, fault: str, accepted: str) -> Problem:
    return Problem(422, "invalid", "The question is not valid", "Correct the fields named in `faults`.", [Fault(field, fault, accepted)])
