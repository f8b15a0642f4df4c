"""The answer to "may I share this?": allowed, held and prohibited are three things, each with its rule and source."""

from datetime import date
from typing import Any

import pytest

from hub.policy import Verdict, may_share
from tests.policy.register import one_recipient, the_recipient

_DAY = date(2026, 3, 1)


def _ask(field: str | None, on: date = _DAY, service: str = "tax", **agreement: Any) -> tuple[Verdict, str]:
    register = one_recipient(agreement, service=service)
    answer = may_share(register, "bereavement", the_recipient(register), field, on)
    assert answer.source
    assert answer.sentence.endswith(".")
    return answer.verdict, answer.rule


@pytest.mark.parametrize(
    ("field", "agreement", "answer"),
    [
        (None, {}, (Verdict.ALLOWED, "a-tax@1")),
        ("deceased.names", {}, (Verdict.ALLOWED, "a-tax@1")),
        ("deceased.names.family", {}, (Verdict.ALLOWED, "a-tax@1")),
        ("deceased", {}, (Verdict.PROHIBITED, "no-nino-no-sex")),
        ("deceased.usualAddress", {}, (Verdict.HELD, "not-agreed")),
        ("deceased.nino", {}, (Verdict.PROHIBITED, "no-nino-no-sex")),
        ("deceased.nino", {"sender": None}, (Verdict.PROHIBITED, "no-nino-no-sex")),
        ("deceased.names", {"sender": None}, (Verdict.HELD, "no-power")),
        ("deceased.names", {"impactAssessment": None}, (Verdict.HELD, "no-impact-assessment")),
        ("deceased.names", {"starts": "2026-03-02"}, (Verdict.HELD, "not-started")),
        (None, {"ends": "2026-03-01"}, (Verdict.HELD, "ended")),
    ],
)
def test_each_answer_names_its_rule(field: str | None, agreement: dict[str, Any], answer: tuple[Verdict, str]) -> None:
    assert _ask(field, service="council-tax", **agreement) == answer


def test_a_change_takes_effect_on_its_day() -> None:
    register = one_recipient({"ends": "2026-04-01"}, {"version": 2, "starts": "2026-04-01", "fields": ["deceased.usualAddress"]})
    recipient = the_recipient(register)
    before, after = (may_share(register, "bereavement", recipient, "deceased.usualAddress", date(2026, month, 1)) for month in (3, 4))
    assert (before.verdict, before.rule) == (Verdict.HELD, "not-agreed")
    assert (after.verdict, after.rule) == (Verdict.ALLOWED, "a-tax@2")


def test_an_allowed_answer_cites_both_sides() -> None:
    register = one_recipient({"sender": {"power": "SI 2012/1604", "basis": "Article 6(1)(e)"}})
    answer = may_share(register, "bereavement", the_recipient(register), None, _DAY)
    assert answer.source == "sender: SI 2012/1604, Article 6(1)(e); receiver: sample, sample; protocol p"


def test_an_answer_says_that_a_recipient_has_a_wish_of_its_own() -> None:
    register = one_recipient({}, filters={"bereavement": "standing = 'registered'"})
    answer = may_share(register, "bereavement", the_recipient(register), None, _DAY)
    assert answer.verdict is Verdict.ALLOWED
    assert answer.sentence == "This service is told. It asked to be told of some of this kind of news only."
