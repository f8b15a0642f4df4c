"""Keyed hashes recognise without telling; links open one case for a time."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.privacy import Blind

BLIND = Blind(bytes(32), bytes([1]) * 32)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@given(st.lists(st.text(max_size=8), max_size=4), st.lists(st.text(max_size=8), max_size=4))
def test_keys_agree_exactly_where_all_parts_agree(some: list[str], others: list[str]) -> None:
    assert (BLIND.key("p", *some) == BLIND.key("p", *others)) == (some == others)


def test_a_key_is_of_one_purpose_and_one_installation() -> None:
    other = Blind(bytes([2]) * 32, bytes([1]) * 32)
    assert len({BLIND.key("p", "x"), BLIND.key("q", "x"), other.key("p", "x")}) == 3


def test_a_subject_has_another_id_at_each_recipient_and_always_the_same_there() -> None:
    subject = uuid4()
    assert BLIND.pairwise("one", subject) == BLIND.pairwise("one", subject)
    assert BLIND.pairwise("one", subject) != BLIND.pairwise("two", subject)
    assert subject.hex not in BLIND.pairwise("one", subject)


def test_a_link_opens_its_case_for_at_least_180_days_and_not_for_ever() -> None:
    token = BLIND.sign_link("ABCDEFGH2345", NOW)
    assert BLIND.check_link(token, NOW + timedelta(days=179)) == "ABCDEFGH2345"
    assert BLIND.check_link(token, NOW + timedelta(days=212)) is None


def test_the_same_link_is_given_again_and_a_longer_one_later() -> None:
    assert BLIND.sign_link("ABCDEFGH2345", NOW) == BLIND.sign_link("ABCDEFGH2345", NOW + timedelta(hours=1))
    later = BLIND.sign_link("ABCDEFGH2345", NOW + timedelta(days=60))
    assert BLIND.check_link(later, NOW + timedelta(days=220)) == "ABCDEFGH2345"


@pytest.mark.parametrize("changed", ["reference", "end", "signature"])
def test_a_link_altered_anywhere_opens_nothing(changed: str) -> None:
    reference, end, signature = BLIND.sign_link("ABCDEFGH2345", NOW).split(".")
    parts = {"reference": reference, "end": end, "signature": signature}
    parts[changed] = parts[changed][:-1] + ("3" if parts[changed][-1] != "3" else "4")
    assert BLIND.check_link(".".join(parts.values()), NOW) is None


@given(st.text(max_size=90))
def test_no_other_text_is_a_link(token: str) -> None:
    assert BLIND.check_link(token, NOW) is None


def test_keys_of_the_wrong_length_are_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="TUO_BLIND_KEY"):
        Blind(b"short", bytes(32))
