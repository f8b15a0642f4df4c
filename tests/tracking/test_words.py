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
    assert [waiting.why for waiting in (*page.later, *page.asked, *page.never)] == [says]


def test_the_page_gives_away_neither_who_is_protected_nor_another_death() -> None:
    status = _status("birth", Fact.ASSERTED, not_told=[_not_told("held", "protected"), _not_told("withheld", "bereavement-in-family")])
    for waiting in (*page_of(status, "A birth").later, *page_of(status, "A birth").never):
        assert not any(word in waiting.why for word in ("protected", "died", "tell them yourself"))


def test_only_an_agreement_that_is_wanting_leaves_it_to_the_reader() -> None:
    page = page_of(_status("birth", Fact.ASSERTED, not_told=[_not_told("held", "no-power")]), "A birth")
    assert page.later[0].why.endswith("you may wish to tell them yourself.")


def test_what_waits_for_its_day_says_which_and_nothing_more_is_said_to_be_under_way() -> None:
    summer = datetime(2027, 4, 30, 23, tzinfo=UTC)  # 1 May begins
    waits = [_not_told("held", "not-due-yet", until=summer), _not_told("held", "hold-window", until=_NOW.replace(hour=8, minute=40))]
    page = page_of(_status("birth", Fact.ASSERTED, state=CaseState.TELLING, not_told=waits), "A birth")
    assert page.summary == "Nothing has been sent yet: this takes effect on 1 May 2027. You do not need to do anything."
    assert [waiting.why for waiting in page.later] == [
        "We will tell them on 1 May 2027.",
        "We will tell them on 1 March 2026 at 8:40am. Until then it can still be taken back.",
    ]


def test_who_is_told_only_if_the_reader_asks_is_apart_and_the_reader_is_told_to_look() -> None:
    waits = [_not_told("held", "not-chosen"), _not_told("held", "identity")]
    page = page_of(_status("birth", Fact.ASSERTED, _delivery(), state=CaseState.TELLING, not_told=waits), "A birth")
    assert (len(page.asked), len(page.later)) == (1, 1)
    assert page.summary.endswith("Some services are told only if you ask us to: see below.")
    assert "do not need to do anything" not in page.summary


def test_an_unknown_postcode_is_the_readers_to_check_and_not_a_delay_of_ours() -> None:
    missing = _not_told("unroutable", "unknown-postcode", organisation="Council", side="arrives")
    page = page_of(_status("birth", Fact.ASSERTED, state=CaseState.NEEDS_ATTENTION, not_told=[missing]), "A birth")
    assert page.summary == "We do not know the postcode you gave. Check it and tell us again."
    assert page.later[0].organisation == "Council of the new address"


def test_who_never_heard_of_what_was_wrong_is_not_among_those_put_right() -> None:
    stopped = _delivery(recipient="b.tax", told=False, state="cancelled")
    page = page_of(_status("birth", Fact.RETRACTED, _delivery(notice="retracted"), stopped), "A birth")
    assert (page.telling, len(page.lines), [line.tag for line in page.unheard]) == ("Who we are putting right", 1, ["Stopped"])
    alone = page_of(_status("birth", Fact.RETRACTED, stopped), "A birth")
    assert alone.summary.endswith("No service had heard of it from us.")


def _not_told(decision: str, rule: str, **more: Any) -> NotTold:
    named = {"recipient": "a.tax", "organisation": "A", "service": "Tax", "explanation": explain(rule)}
    return NotTold.model_validate(named | {"decision": decision, "rule": rule} | more)
