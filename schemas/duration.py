"""Durations as people write them in entries: `5 days`, `12 hours`, `2 weeks`."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

_UNITS = {"minute": "minutes", "hour": "hours", "day": "days", "week": "weeks"}
# The ledger keeps minutes: the longest is seven digits of them.
_DURATION = re.compile(r"([1-9][0-9]{0,6}) (minute|hour|day|week)s?")
_LONGEST = timedelta(weeks=260)


def _duration(value: Any) -> timedelta:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a number and a unit, such as `5 days`, `12 hours`, `2 weeks`")
    duration = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if duration > _LONGEST:
        raise ValueError("no longer than five years: at most `260 weeks`")
    return duration


def _said(duration: timedelta) -> str:
    return f"{int(duration.total_seconds()) // 60} minutes"


Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(_said, return_type=str)]
