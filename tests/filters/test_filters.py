"""A filter says of an event whether its recipient wants it, and never raises, whatever the event holds."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.filters import Event, Filter, FilterFault, Outcome, read_filter

_EVENT = Event(
    {"type": "uk.tellusonce.bereavement.notified.v1", "standing": "registered", "caseversion": 12, "agreement": "a-tax@1"},
    {
        "deceased": {"usualAddress": {"postcode": "SG1 1AA"}, "vehicles": ["AB12CDE"], "careHome": True, "aliases": [{"family": "Else"}]},
        "adultsRemaining": 0,
    },
)
PASSES, EXCLUDED, UNCLEAR = Outcome.PASSES, Outcome.EXCLUDED, Outcome.UNCLEAR


def _ask(text: str, event: Event = _EVENT) -> Outcome:
    found = read_filter(text)
    assert isinstance(found, Filter), found
    return found.ask(event)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("standing = 'registered'", PASSES),
        ('standing <> "registered"', EXCLUDED),
        ("standing = 'x' or TRUE", PASSES),
        ("caseversion >= 12 AND caseversion < 13", PASSES),
        ("caseversion = '12'", PASSES),
        ("caseversion IN ('11', 12)", PASSES),
        ("standing NOT IN ('informal', 'certified')", PASSES),
        ("type LIKE '%.bereavement.%'", PASSES),
        ("type NOT LIKE '%_notified.v_'", EXCLUDED),
        ("agreement LIKE 'a\\_tax%'", EXCLUDED),
        ("data.adultsRemaining = 0", PASSES),
        ("data.adultsRemaining > -1", PASSES),
        ("data.deceased.usualAddress.postcode LIKE 'SG1 %'", PASSES),
        ("data.deceased.careHome", PASSES),
        ("NOT data.deceased.careHome", EXCLUDED),
        ("EXISTS data.deceased.vehicles", PASSES),
        ("EXISTS data.deceased.aliases.family AND NOT (EXISTS data.deceased.aliases.given)", PASSES),
        ("(standing = 'informal' AND caseversion = 1) OR NOT EXISTS part", PASSES),
    ],
)
def test_what_is_asked_is_answered(text: str, outcome: Outcome) -> None:
    assert _ask(text) is outcome


@pytest.mark.parametrize(
    "text", ["part = 'end'", "part != 'end'", "part LIKE '%'", "part NOT LIKE 'x'", "part IN ('a')", "part NOT IN ('a')", "part"]
)
def test_whatever_is_asked_of_what_is_not_there_is_false(text: str) -> None:
    assert _ask(text) is EXCLUDED
    assert _ask(f"NOT ({text})") is PASSES


@pytest.mark.parametrize("text", ["standing < 3", "standing = 3", "standing", "data.deceased = 'x'", "data.deceased.vehicles LIKE 'AB%'"])
def test_what_cannot_be_compared_is_unclear_and_stays_so(text: str) -> None:
    assert _ask(text) is UNCLEAR
    assert _ask(f"NOT ({text})") is UNCLEAR
    assert _ask(f"TRUE AND ({text})") is UNCLEAR
    assert _ask(f"TRUE OR ({text})") is PASSES
    assert _ask(f"FALSE AND ({text})") is EXCLUDED


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty or too long"),
        (f"standing = '{'x' * 1000}'", "is empty or too long"),
        ("standing =", "cannot be read at its end"),
        ("standing = 'a' AND part = 'b' OR TRUE", "cannot be read at character 31"),
        ("NOT standing = 'a'", "cannot be read at character 14"),
        ("standing = 'a' = 'b'", "cannot be read at character 16"),
        ("LOWER(standing) = 'a'", "cannot be read at character 1"),
        ("subject = 'a'", "asks of subject, which it cannot"),
        ("id = 'a'", "asks of id, which it cannot"),
        ("caseversion = 2147483648", "has a number that is too large"),
        ("NOT (" * 12 + "TRUE" + ")" * 12, "has too many brackets within brackets"),
    ],
)
def test_what_is_no_filter_is_said(text: str, fault: str) -> None:
    found = read_filter(text)
    assert isinstance(found, FilterFault)
    assert found.fault == fault
    assert found.accepted


_NAMES = st.sampled_from(["standing", "part", "caseversion", "data.a", "data.a.b", "data.c"])
_LITERALS = st.one_of(st.integers(-5, 5).map(str), st.sampled_from(["TRUE", "false", "'x'", "''", "'1'", "'%_\\%'"]))
_TERMS = st.one_of(
    st.tuples(_NAMES, st.sampled_from(["=", "!=", "<", ">="]), _LITERALS).map(" ".join),
    st.tuples(_NAMES, st.just("IN ("), _LITERALS, st.just(")")).map(" ".join),
    _NAMES.map("EXISTS {}".format),
    _NAMES,
)
_TEXTS = st.recursive(
    _TERMS, lambda inner: st.one_of(inner.map("NOT ({})".format), st.tuples(inner, inner).map(lambda t: f"({t[0]}) OR ({t[1]})"))
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(["", "x", "1", "true", "²", "9" * 40])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "c"]), inner)),
)


@given(_TEXTS, st.dictionaries(st.sampled_from(["a", "b", "c"]), _VALUES))
def test_no_event_makes_a_filter_raise(text: str, data: dict[str, Any]) -> None:
    found = read_filter(text)
    if isinstance(found, Filter):
        assert found.ask(Event({"standing": "informal", "caseversion": 1}, data)) in Outcome


@given(st.text(max_size=200))
def test_no_text_makes_reading_raise(text: str) -> None:
    assert isinstance(read_filter(text), Filter | FilterFault)


def test_a_pattern_made_to_be_slow_is_not() -> None:
    slow = "data.name LIKE '" + "%a" * 400 + "b%'"
    began = time.perf_counter()
    assert _ask(slow, Event({}, {"name": "a" * 100_000})) is EXCLUDED
    assert time.perf_counter() - began < 1
