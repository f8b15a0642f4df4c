"""The bench's own arithmetic: a number nobody can trust is worse than none."""

import os

import pytest

from tests.bench.measure import Meter, percentile, recovered_after


def _steady(start: float, end: float, rate: float) -> list[float]:
    return [start + index / rate for index in range(int((end - start) * rate))]


def test_recovery_is_counted_to_the_end_of_a_standstill() -> None:
    times = [*_steady(0, 10, 400), *_steady(16, 40, 400)]
    assert recovered_after(times, since=10, until=25, rate=400) == pytest.approx(6, abs=0.3)


def test_no_standstill_is_no_time_to_recover() -> None:
    assert recovered_after(_steady(0, 40, 400), since=10, until=25, rate=400) == 0


def test_a_rate_that_does_not_come_back_is_counted_to_the_end() -> None:
    assert recovered_after(_steady(0, 10, 400), since=10, until=25, rate=400) == 15


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([1.0] * 99 + [7.0], 0.99) == 7.0
    assert percentile([], 0.5) == 0.0


def test_the_meter_counts_what_a_process_used_while_it_looked() -> None:
    with Meter(lambda: {"me": os.getpid()}) as meter:
        until = os.times().user + 0.3
        while os.times().user < until:
            pass
    assert 0.25 <= meter.cpu["me"] <= 1.5
    assert meter.memory > 1
