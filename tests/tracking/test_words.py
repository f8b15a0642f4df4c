"""What the page of a case says of every kind, when it stands, fell, or stands again."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from hub.kinds import BUILT_IN
from hub.policy import explain
from hub.tracking.words import page_of
from schemas import CaseState, CaseStatus, DeliveryStatus, Fact, NotTold, Standing

_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_SAID = {
    Fact.CANCELLED: "The registration has been cancelled.",
    Fact.RETRACTED: "This was recorded in error: what we were told is not so.",
}


def _status(kind: str, fact: Fact, *deliveries: DeliveryStatus, state: CaseState = CaseState.COMPLETE, **more: Any) -> CaseStatus:
    given = {"reference": "ABCDEFGHJKLM", "kind": kind, "state": state, "standing": Standing.REGISTERED, "fact": fact, "version": 2}
    return CaseStatus.model_validate(given | {"told_at": _NOW, "planned_at": _NOW, "deliveries": deliveries} | more)


def _delivery(**more: Any) -> DeliveryStatus:
    given = {"delivery": uuid4(), "recipient": "a.tax", "organisation": "A", "service": "Tax", "notice": "corrected", "version": 2}
    return DeliveryStatus.model_validate(given | {"state": "applied", "told": True, "since": _NOW} | more)


@pytest.mark.parametrize("kind", sorted(BUILT_IN))
@pytest.mark.parametrize("fact", [Fact.CANCELLED, Fact.RETRACTED])
def test_a_fact_that_fell_is_said_first_and_in_words_of_no_other_kind(kind: str, fact: Fact) -> None:
    page = page_of(_status(kind, fact, _delivery(notice=fact.word)), BUILT_IN[kind].title)
    assert page.summary.startswith(_SAID[fact])
    words = f"{page.title} {page.summary} {page.lines[0].said} {page.lines[0].more}"
    assert "died" not in words
    assert ("death" in words) is (kind in ("bereavement", "family-bereavement"))


def test_the_title_says_what_the_case_is_about() -> None:
    titles = [page_of(_status("birth", fact), BUILT_IN["birth"].title).title for fact in (Fact.ASSERTED, Fact.RETRACTED)]
    assert titles == ["Telling services about a birth", "Putting right the news of a birth"]


def test_what_nobody_was_told_of_needs_nobody_to_be_told_that_it_fell() -> None:
    page = page_of(_status("birth", Fact.RETRACTED), "A birth")
    assert page.summary.endswith("No service had heard of it from us.")
    assert (
        "We are telling every service"
        in page_of(_status("birth", Fact.RETRACTED, state=CaseState.TELLING, planned_at=None), "A birth").summary
    )


def test_what_stands_again_is_said_as_that_and_not_as_a_correction() -> None:
    page = page_of(_status("birth", Fact.ASSERTED, _delivery(restored=True), _delivery()), "A birth")
    assert [line.more for line in page.lines] == ["We have told them that it stands after all.", "This was a correction."]


@pytest.mark.parametrize(
    ("decision", "rule", "says"),
    [
        ("held", "not-due-yet", "We will tell them when it takes effect."),
        ("held", "not-confirmed", "We will tell them once the person concerned has confirmed it."),
        ("held", "not-chosen", "We have not been asked to tell them."),
        ("held", "hold-window", "We will tell them shortly. Until then it can still be taken back."),
        ("withheld", "citizen-said-no", "We were asked not to tell them."),
        ("unroutable", "abroad", explain("abroad")),
        ("withheld", "not-concerned", explain("not-concerned")),
    ],
)
def test_who_will_be_told_by_us_or_need_not_be_is_not_left_to_the_reader(decision: str, rule: str, says: str) -> None:
    page = page_of(_status("change-of-address", Fact.ASSERTED, not_told=[_not_told(decision, rule)]), "A change of address")
    assert [waiting.why for waiting in (*page.later, *page.never)] == [says]


def test_the_page_gives_away_neither_who_is_protected_nor_another_death() -> None:
    status = _status("birth", Fact.ASSERTED, not_told=[_not_told("held", "protected"), _not_told("withheld", "bereavement-in-family")])
    for waiting in (*page_of(status, "A birth").later, *page_of(status, "A birth").never):
        assert not any(word in waiting.why for word in ("protected", "died", "tell them yourself"))


def test_only_an_agreement_that_is_wanting_leaves_it_to_the_reader() -> None:
    page = page_of(_status("birth", Fact.ASSERTED, not_told=[_not_told("held", "no-power")]), "A birth")
    assert page.later[0].why.endswith("you may wish to tell them yourself.")


def _not_told(decision: str, rule: str) -> NotTold:
    named = {"recipient": "a.tax", "organisation": "A", "service": "Tax", "explanation": explain(rule)}
    return NotTold.model_validate(named | {"decision": decision, "rule": rule})
