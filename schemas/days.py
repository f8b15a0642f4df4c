"""Which day it is, and when one begins: in the United Kingdom, whose law and people count by their own clocks.

A change that holds from 1 April holds from midnight there, which in summer is an hour before midnight in UTC.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")


def day_of(at: datetime) -> date:
    """The day in the United Kingdom at a time (aware)."""
    return at.astimezone(UK).date()


def today() -> date:
    return day_of(datetime.now(UTC))


def begins(day: date) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), UK).astimezone(UTC)
