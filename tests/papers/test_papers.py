"""The papers say what the register says, leave a blank where it says nothing, and are the same whenever they are written."""

from dataclasses import replace
from datetime import date
from typing import Any

from markdown_it import MarkdownIt

from hub.papers import blanks_in, papers
from hub.recipients import Controller, Organisation, Register, prohibitions

DAY = date(2026, 11, 21)
_SIDE = {"power": "Localism Act 2011, section 1", "basis": "Article 6(1)(e)", "condition": "Article 9(2)(g)"}


def _register(**changed: Any) -> Register:
    agreement = {
        "id": "stevenage-council-tax",
        "recipient": "stevenage.council-tax",
        "kind": "bereavement",
        "purpose": "to bring bills up to date",
        "sender": _SIDE,
        "receiver": {**_SIDE, "power": "Local Government Finance Act 1992"},
        "protocol": "P-17",
        "impactAssessment": "D-4",
        "fields": ["deceased.names", "deceased.usualAddress", "estateContact"],
    } | changed
    service = {"service": "council-tax", "name": "Council tax", "kinds": ["bereavement", "birth"], "connector": "webhook"}
    entry = {
        "organisation": "stevenage",
        "name": "Stevenage Borough Council",
        "places": ["E07000243"],
        "services": [{**service, "answersWithin": "36 hours"}],
        "agreements": [{name: value for name, value in agreement.items() if value is not None}],
    }
    return Register((Organisation.model_validate(entry),))


def _texts(register: Register, on: date = DAY) -> dict[str, str]:
    return {paper.name: paper.markdown for paper in papers(register, on)}


def test_each_paper_says_who_is_told_what_for_what_and_by_what_power() -> None:
    texts = _texts(_register())
    assert set(texts) == {
        "record-of-processing", "contract-schedules", "impact-assessment", "who-gets-what", "privacy-notice-bereavement"
    }  # fmt: skip
    for name in ("record-of-processing", "contract-schedules", "privacy-notice-bereavement"):
        for said in ("Council tax, Stevenage Borough Council", "to bring bills up to date", "Localism Act", "Local Government Finance Act"):
            assert said in texts[name]
    assert "deceased: usual address" in texts["privacy-notice-bereavement"]
    assert "`deceased.usualAddress`" in texts["who-gets-what"]
    assert "deceased, estate contact" in texts["record-of-processing"]
    assert "within 36 hours" in texts["contract-schedules"]
    assert all(f"`{rule.id}`" in texts["impact-assessment"] for rule in prohibitions())


def test_what_the_register_does_not_say_is_a_blank() -> None:
    said, unsaid = _texts(_register()), _texts(_register(purpose=None, sender=None, receiver=None, impactAssessment=None))
    for name in ("record-of-processing", "contract-schedules", "privacy-notice-bereavement"):
        assert blanks_in(unsaid[name]) > blanks_in(said[name]) > 0
    assert "**held**" in unsaid["who-gets-what"]
    assert "`stevenage-council-tax@1`" in unsaid["impact-assessment"]


def test_who_runs_the_hub_is_named_where_the_register_says_so() -> None:
    desk = {"name": "Records desk", "telephone": "01632 960001", "email": "desk@hub.example.org"}
    entry = {"name": "The Hub", "address": ["1 Street"], "dataProtectionOfficer": desk, "icoRegistration": "ZA000000", "contact": desk}
    named = replace(_register(), controller=Controller.model_validate(entry))
    for name, text in _texts(named).items():
        assert "the controller's name" not in text
        assert ("The Hub" in text) is (name != "who-gets-what")
    assert "Records desk, 01632 960001, desk@hub.example.org" in _texts(named)["privacy-notice-bereavement"]


def test_a_notice_says_whether_somebody_may_say_no() -> None:
    assert "only if you say so" in _texts(_register())["privacy-notice-bereavement"]
    assert "the law asks for this" in _texts(_register(asks="statute"))["privacy-notice-bereavement"]


def test_an_agreement_that_has_ended_is_in_no_paper_and_one_that_is_to_start_is() -> None:
    register = _register(starts="2027-01-01", ends="2028-01-01")
    assert "from 2027-01-01" in _texts(register)["who-gets-what"]
    assert "stevenage-council-tax@1" not in "".join(_texts(register, date(2028, 1, 1)).values())


def test_the_same_register_and_day_make_the_same_papers() -> None:
    assert list(papers(_register(), DAY)) == list(papers(_register(), DAY))


def test_no_text_of_the_register_is_markup_a_table_or_a_blank() -> None:
    evil = "<script>alert(1)</script> [x](javascript:1) | **b** `c` [[ to be filled in: no ]] # h &lt;"
    register = _register(purpose=evil)
    rows = {paper.name: paper for paper in papers(register, DAY)}
    plain = _texts(_register())
    for name, paper in rows.items():
        assert blanks_in(paper.markdown) == blanks_in(plain[name])
        assert "<script" not in paper.html
        assert 'javascript:1"' not in paper.html
    html = MarkdownIt("commonmark").enable("table").render(rows["contract-schedules"].markdown)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:1) | **b** `c`" in html


def test_a_text_that_begins_like_a_list_stays_a_text() -> None:
    for purpose in ("- a list", "1. a list", "+ a list", "# heading"):
        html = next(paper.html for paper in papers(_register(purpose=purpose), DAY) if paper.name.startswith("privacy"))
        assert f"<strong>Why:</strong> {purpose}." in html
