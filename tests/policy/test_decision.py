"""Nothing is allowed that no agreement allows."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.places import Reason
from hub.policy import Allowed, Held, decide, explain
from hub.recipients import Organisation, Register
from schemas import Fact, Standing

_DAY = date(2026, 3, 1)
_SAMPLE = {"power": "sample", "basis": "sample"}


def _register(*agreements: dict[str, Any]) -> Register:
    entry = {
        "organisation": "a",
        "name": "A",
        "places": "everywhere",
        "services": [{"service": "tax", "name": "Tax", "kinds": ["bereavement"], "connector": "webhook", "answersWithin": "never"}],
        "agreements": [_agreement(**one) for one in agreements],
    }
    return Register((Organisation.model_validate(entry),))


def _agreement(**changed: Any) -> dict[str, Any]:
    agreement = {
        "id": "a-tax", "recipient": "a.tax", "kind": "bereavement", "protocol": "p", "fields": ["deceased.names"],
        "sender": _SAMPLE, "receiver": _SAMPLE,
    } | changed  # fmt: skip
    return {name: value for name, value in agreement.items() if value is not None}


def _decide(register: Register, standing: Standing = Standing.REGISTERED, fact: Fact = Fact.ASSERTED) -> object:
    return decide(register, "bereavement", standing, fact, register.recipients["a.tax"], _DAY)


def test_without_an_agreement_it_is_held() -> None:
    assert _decide(_register()) == Held("no-agreement")


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_without_a_cited_power_it_is_held(side: str) -> None:
    assert _decide(_register({side: None})) == Held("no-power")


def test_a_running_agreement_allows_its_fields_and_is_cited_by_version() -> None:
    assert _decide(_register({"version": 3})) == Allowed("a-tax@3", ("deceased.names",))


@pytest.mark.parametrize(
    ("dates", "rule"),
    [
        ({"starts": "2026-03-02"}, "not-started"),
        ({"ends": "2026-03-01"}, "ended"),
    ],
)
def test_outside_its_days_an_agreement_allows_nothing(dates: dict[str, str], rule: str) -> None:
    assert _decide(_register(dates)) == Held(rule)


def test_of_several_the_one_that_runs_that_day_decides() -> None:
    decision = _decide(_register({"ends": "2026-03-01"}, {"version": 2, "starts": "2026-03-01", "fields": ["deceased.nino"]}))
    assert decision == Allowed("a-tax@2", ("deceased.nino",))


@given(st.sampled_from(Standing), st.sampled_from(Standing))
def test_an_asserted_fact_less_sure_than_agreed_is_held(standing: Standing, agreed: Standing) -> None:
    decision = _decide(_register({"standing": agreed.word}), standing)
    assert isinstance(decision, Held if standing < agreed else Allowed)


@pytest.mark.parametrize("rule", ["no-agreement", "no-power", "not-started", "nothing-new", *(one.value for one in Reason)])
def test_every_rule_is_explained_in_plain_words(rule: str) -> None:
    assert "decided so" not in explain(rule)
    assert explain(rule).endswith(".")
