"""What the demo says that a move will be for whom is what planning makes of it on the day."""

from datetime import UTC, date, datetime, time

from hub.cli.demo.lives import birth, move, part_for
from hub.cli.demo.people import LIVERPOOL, STEVENAGE
from hub.recipients import Register
from schemas import Standing
from tests.planning.paper import book_of, held, judged, not_told, parts


def test_each_part_said_is_the_part_told(shipped: Register) -> None:
    content = move(shipped)["data"]
    day = date.fromisoformat(content["movedOn"])
    book = book_of(shipped.organisations)
    told = parts(judged(book, "change-of-address", content, datetime.combine(day, time(12), UTC)))
    assert set(told.values()) == {"end", "start", "update"}
    assert told == {id_: part_for(shipped.recipients[id_], STEVENAGE.postcode, LIVERPOOL.postcode, day) for id_ in told}
    before = judged(book, "change-of-address", content, datetime.now(UTC))
    assert held(before) == dict.fromkeys(told, "not-due-yet")


def test_everybody_who_is_told_by_choice_was_chosen_or_refused(shipped: Register) -> None:
    verdicts = judged(book_of(shipped.organisations), "birth", birth(shipped)["data"], datetime.now(UTC), Standing.REGISTERED)
    assert held(verdicts) == {}
    assert not_told(verdicts) == {"stevenage.housing": "citizen-said-no"}
    assert "shared-benefits.housing-benefit" in parts(verdicts)
