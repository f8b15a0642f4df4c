"""Dates as registers know them: a year, a month of a year, or a day, and how well each was verified."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from schemas.words import Line, Model, pattern

_ACCEPTED = "a day (1931-04-07), a month (1931-04) or a year (1931) that exists"
_FORM = pattern(r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", _ACCEPTED)
_FIRST_DAY = {4: "-01-01", 7: "-01", 10: ""}


def first_day(text: str) -> date:
    """The first day of a partial date: itself, or that of its month or year. Raises `ValueError` or `KeyError` where there is none."""
    return date.fromisoformat(text + _FIRST_DAY[len(text)])


def is_partial_date(text: str) -> bool:
    """Whether `text`, already of the right form, is in the calendar."""
    try:
        first_day(text)
    except (ValueError, KeyError):
        return False
    return True


def _in_calendar(text: str) -> str:
    if not is_partial_date(text):
        raise PydanticCustomError("partial_date", "is not in the calendar", {"accepted": _ACCEPTED})
    return text


PartialDate = Annotated[str, Field(pattern=_FORM), AfterValidator(_in_calendar)]


class Verification(StrEnum):
    """How a register verified a date (GRO levels): the higher, the less sure."""

    LEVEL_00 = "00"
    LEVEL_01 = "01"
    LEVEL_02 = "02"
    LEVEL_03 = "03"


class DatedFact(Model):
    """A date, how it was verified, and a qualifier such as "on or about"."""

    value: PartialDate
    verification: Verification | None = None
    qualifier: Line | None = None
