"""The same data with another meaning is news: what is over for a recipient or goes on, and whether payments may be stopped."""

from typing import Any

import pytest

from hub.planning.case import Telling
from hub.recipients import Organisation
from schemas import Notice, State
from tests.cases.deaths import death, informal
from tests.planning.conftest import Hub, everyone
from tests.planning.paper import book_of, judged_again, not_told, organisation
from tests.planning.test_moves import KIND, TODAY, move

BENEFITS, PARKING = "dwp.benefits", "stevenage.parking"


@pytest.mark.parametrize(
    ("field", "first", "part", "then"),
    [
        ("oldAddress", ("SG1 1AA", "WD17 1AA"), "end", ("SG1 1AA", "SG1 5BW")),
        ("newAddress", ("WD17 1AA", "SG1 1AA"), "start", ("SG1 5BW", "SG1 1AA")),
    ],
)
def test_a_part_that_becomes_another_is_told_though_the_data_is_the_same(
    field: str, first: tuple[str, str], part: str, then: tuple[str, str]
) -> None:
    fields = ["mover.names", "movedOn", field]
    towns = {"stevenage": "E07000243", "watford": "E07000103"}
    book = book_of([organisation(town, [code], KIND, {"parking": fields}) for town, code in towns.items()])
    verdict = judged_again(book, KIND, [move(*first), move(*then)], TODAY, TODAY)[PARKING]
    assert isinstance(verdict, Telling)
    assert (verdict.notice, verdict.part) == (Notice.CORRECTED, "update")
    assert not_told(judged_again(book, KIND, [move(*first), move(*first)], TODAY, TODAY))[PARKING] == "told-already"


def _without_standing() -> list[Organisation]:
    """The centre is told of informal facts, and its agreement does not name how sure they are."""
    *others, centre = everyone(benefits={"standing": "informal"})
    entry: dict[str, Any] = centre.model_dump(by_alias=True, exclude_defaults=True)
    entry["agreements"][0]["fields"] = ["deceased.names", "deceased.dateOfDeath"]
    return [*others, Organisation.model_validate(entry)]


async def test_that_payments_may_be_stopped_is_told_once_it_is_registered(hub: Hub) -> None:
    await hub.load(_without_standing())
    case = await hub.tell_and_plan(informal(1))
    first = (await hub.rows(case))[BENEFITS, 1].event
    await hub.sent(BENEFITS)
    await hub.tell_and_plan(death(1))
    row = (await hub.rows(case))[BENEFITS, 2]
    assert first is not None
    assert row.event is not None
    assert (row.state, row.notice) == (State.QUEUED, Notice.CORRECTED)
    assert (first["stoppayments"], row.event.get("stoppayments")) == (False, None)
    assert first["data"] == row.event["data"]
