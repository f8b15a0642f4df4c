"""The end of a fact for those who took over the records of somebody told: they hear it, or the plan says why not."""

from typing import Any

from hub.planning.case import Verdict
from hub.recipients import Organisation
from tests.planning.paper import book_of, data, held, judged_again, noon, not_told, parts, service

KIND = "bereavement"
BEFORE, CHANGE, AFTER = noon(2026, 11, 10), noon(2026, 11, 15), noon(2026, 11, 20)
OLD, NEW = "stevenage.housing-benefit", "shared.housing-benefit"
DEATH = {
    "deceased": {
        "names": {"given": ["Ada"], "family": "Planted"},
        "dateOfDeath": {"value": "2026-11-09"},
        "usualAddress": {"postcode": "SG1 1AA"},
    }
}


def team(name: str, covered: dict[str, str], **agreement: Any) -> Organisation:
    entry, agreed = service(name, "housing-benefit", KIND, ["deceased.names", "deceased.dateOfDeath"])
    agreed |= agreement
    places = [{"code": "E07000243", **covered}]
    return Organisation.model_validate({"organisation": name, "name": name, "places": places, "services": [entry], "agreements": [agreed]})


def ended(**agreement: Any) -> dict[str, Verdict]:
    """The retraction, after the successor with this agreement took over."""
    day = CHANGE.date().isoformat()
    book = book_of([team("stevenage", {"until": day}), team("shared", {"from": day}, **agreement)])
    return judged_again(book, KIND, [DEATH, DEATH | {"fact": "retracted"}], BEFORE, AFTER)


def test_the_successor_hears_it() -> None:
    verdicts = ended()
    assert parts(verdicts).keys() >= {OLD, NEW}
    assert data(verdicts[NEW])["fact"] == "retracted"


def test_a_successor_that_takes_thin_events_hears_it_in_one() -> None:
    assert getattr(ended(payload="thin")[NEW], "thin", None) is True


def test_a_successor_whose_agreement_lacks_something_is_held_in_sight() -> None:
    assert held(ended(impactAssessment=None))[NEW] == "no-impact-assessment"


def test_a_successor_that_may_read_no_field_of_it_is_not_told_in_sight() -> None:
    assert not_told(ended(fields=["adultsRemaining"]))[NEW] == "nothing-to-tell"
