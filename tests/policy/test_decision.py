"""Nothing is allowed that no agreement allows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.places import Reason
from hub.policy import Allowed, Held, Withheld, decide, explain
from hub.recipients import Register
from schemas import Fact, Standing
from tests.policy.register import one_recipient, the_recipient

_DAY = date(2026, 3, 1)


def _decide(register: Register, standing: Standing = Standing.REGISTERED, fact: Fact = Fact.ASSERTED) -> object:
    return decide(register, "bereavement", standing, fact, the_recipient(register), _DAY)


def _cited(decision: object) -> tuple[str, tuple[str, ...]]:
    assert isinstance(decision, Allowed)
    return decision.agreement, decision.fields


def test_without_an_agreement_it_is_held() -> None:
    assert _decide(one_recipient()) == Held("no-agreement")


@pytest.mark.parametrize("side", ["sender", "receiver"])
def test_without_a_cited_power_it_is_held(side: str) -> None:
    assert _decide(one_recipient({side: None})) == Held("no-power")


def test_without_a_signed_impact_assessment_it_is_held() -> None:
    assert _decide(one_recipient({"impactAssessment": None})) == Held("no-impact-assessment")


def test_a_register_loaded_before_a_prohibition_tells_nothing_that_it_keeps_back() -> None:
    fields = ["deceased.names", "deceased.nino", "deceased.sex", "freeText", "spouse"]
    assert _cited(_decide(one_recipient({"fields": fields}, service="council-tax"))) == ("a-tax@1", ("deceased.names",))


def test_an_agreement_of_nothing_but_prohibited_fields_is_withheld() -> None:
    assert _decide(one_recipient({"fields": ["freeText"]})) == Withheld("prohibited")


def test_a_running_agreement_allows_its_fields_and_is_cited_by_version() -> None:
    assert _cited(_decide(one_recipient({"version": 3}))) == ("a-tax@3", ("deceased.names",))


@pytest.mark.parametrize(
    ("dates", "rule"),
    [
        ({"starts": "2026-03-02"}, "not-started"),
        ({"ends": "2026-03-01"}, "ended"),
    ],
)
def test_outside_its_days_an_agreement_allows_nothing(dates: dict[str, str], rule: str) -> None:
    assert _decide(one_recipient(dates)) == Held(rule)


def test_of_several_the_one_that_runs_that_day_decides() -> None:
    decision = _decide(one_recipient({"ends": "2026-03-01"}, {"version": 2, "starts": "2026-03-01", "fields": ["deceased.usualAddress"]}))
    assert _cited(decision) == ("a-tax@2", ("deceased.usualAddress",))


@given(st.sampled_from(Standing), st.sampled_from(Standing))
def test_an_asserted_fact_less_sure_than_agreed_is_held(standing: Standing, agreed: Standing) -> None:
    decision = _decide(one_recipient({"standing": agreed.word}), standing)
    assert isinstance(decision, Held if standing < agreed else Allowed)


@pytest.mark.parametrize(
    "rule",
    ["no-agreement", "no-power", "not-started", "nothing-new", "not-chosen", "identity", "prohibited", *(one.value for one in Reason)],
)
def test_every_rule_is_explained_in_plain_words(rule: str) -> None:
    assert "decided so" not in explain(rule)
    assert explain(rule).endswith(".")
