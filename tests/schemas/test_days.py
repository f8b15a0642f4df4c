"""Days are those of the United Kingdom."""

from datetime import UTC, date, datetime

import pytest

from schemas.days import begins, day_of


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC), date(2027, 3, 31)),
        (datetime(2027, 3, 31, 23, tzinfo=UTC), date(2027, 4, 1)),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2027, 1, 1, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_in_summer_a_day_begins_an_hour_before_it_does_in_utc(at: datetime, day: date) -> None:
    assert day_of(at) == day
    assert day_of(begins(day)) == day
    assert begins(day) <= at


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_there_are_begin_too(day: date) -> None:
    assert day_of(begins(day)) == day
