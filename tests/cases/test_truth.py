"""Which version is the truth: by standing, by the source's time, by arrival; within one registration by its time alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from hub.cases import Account, truth
from schemas import Fact, Standing

START = datetime(2026, 3, 1, tzinfo=UTC)


def account(version: int, standing: Standing, minute: int, fact: Fact = Fact.ASSERTED, registration: bytes | None = None) -> Account:
    return Account(version, standing, fact, registration, START + timedelta(minutes=minute))


INFORMAL, CERTIFIED, REGISTERED = Standing
ASSERTED, CANCELLED, RETRACTED = Fact
ONE, TWO = b"1", b"2"

accounts = st.builds(
    account,
    st.just(0),
    st.sampled_from(Standing),
    st.integers(0, 10_000),
    st.sampled_from(Fact),
    st.sampled_from([None, ONE, TWO]),
)


def numbered(some: list[Account]) -> list[Account]:
    return [replace(one, version=number) for number, one in zip(count(1), some, strict=False)]


@given(st.lists(accounts, min_size=1, max_size=8, unique_by=lambda one: one.source_time), st.randoms())
def test_any_order_of_arrival_ends_with_the_same_truth(some: list[Account], random: object) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert replace(truth(numbered(some)), version=0) == replace(truth(numbered(shuffled)), version=0)


@given(st.lists(accounts, min_size=1, max_size=8))
def test_nothing_less_sure_is_ever_the_truth(some: list[Account]) -> None:
    assert truth(numbered(some)).standing == max(one.standing for one in some)


@given(st.lists(accounts, min_size=1, max_size=8), accounts)
def test_an_informal_word_never_takes_back_what_is_registered(some: list[Account], last: Account) -> None:
    registered = account(0, REGISTERED, 0, ASSERTED, ONE)
    informal = replace(last, standing=INFORMAL, source_time=START + timedelta(days=900))
    known = [one for one in some if one.standing is REGISTERED] + [registered]
    assert truth(numbered([*known, informal])).standing is REGISTERED


def test_informal_registered_corrected_is_the_ordinary_life_of_a_case() -> None:
    life = [account(1, INFORMAL, 50), account(2, REGISTERED, 5, registration=ONE), account(3, REGISTERED, 9, registration=ONE)]
    assert [truth(life[: n + 1]).version for n in range(3)] == [1, 2, 3]


def test_a_cancellation_removed_after_a_cancellation_is_the_truth() -> None:
    told = [account(1, REGISTERED, 1, ASSERTED, ONE), account(2, REGISTERED, 3, ASSERTED, ONE), account(3, REGISTERED, 2, CANCELLED, ONE)]
    assert truth(told).version == 2


def test_a_late_older_one_is_not_the_truth() -> None:
    assert truth([account(1, REGISTERED, 5, ASSERTED, ONE), account(2, REGISTERED, 1, ASSERTED, ONE)]).version == 1


def test_of_two_at_the_same_time_the_later_arrival_is_the_truth() -> None:
    assert truth([account(1, REGISTERED, 5, ASSERTED, ONE), account(2, REGISTERED, 5, CANCELLED, ONE)]).version == 2


def test_cancelling_one_of_two_registrations_leaves_the_other_standing() -> None:
    told = [account(1, REGISTERED, 1, ASSERTED, ONE), account(2, REGISTERED, 2, ASSERTED, TWO), account(3, REGISTERED, 3, CANCELLED, ONE)]
    assert truth(told).version == 2
    assert truth([told[0], told[1], account(3, REGISTERED, 3, CANCELLED, TWO)]).version == 1


def test_a_retraction_says_not_dead_whatever_the_registration() -> None:
    told = [account(1, REGISTERED, 1, ASSERTED, ONE), account(2, REGISTERED, 2, ASSERTED, TWO), account(3, REGISTERED, 3, RETRACTED, ONE)]
    assert truth(told).fact is RETRACTED
