"""Who was told a day hears at once that it is another; who was not waits for the day, as anybody does."""

from datetime import date

import pytest

from hub.planning.case import Telling
from hub.planning.offers import OfferBook
from schemas import Notice
from tests.planning.paper import book_of, data, held, judged_again, noon, not_told
from tests.planning.test_moves import KIND, TODAY, everybody, move


@pytest.fixture(scope="module")
def book() -> OfferBook:
    return book_of(everybody())


def test_a_day_that_turns_out_to_lie_ahead_is_corrected_now_and_newly_told_then(book: OfferBook) -> None:
    later = date(2027, 1, 20)
    verdicts = judged_again(book, KIND, [move("SG1 1AA", "WD17 1AA"), move("SG1 1AA", "L24 9AB", on=later)], TODAY, TODAY)
    told = verdicts["stevenage.council-tax"]
    assert isinstance(told, Telling)
    assert (told.notice, data(told)["movedOn"]) == (Notice.CORRECTED, later.isoformat())
    assert held(verdicts)["liverpool.council-tax"] == "not-due-yet"


def test_a_day_moved_past_the_end_of_a_council_is_taken_back_from_it_while_it_stands(book: OfferBook) -> None:
    first, then = (move("GU1 1AA", "SG1 1AA", on=day) for day in (date(2027, 2, 8), date(2027, 4, 20)))
    verdicts = judged_again(book, KIND, [first, then], noon(2027, 2, 10), noon(2027, 2, 10))
    told = verdicts["guildford.council-tax"]
    assert isinstance(told, Telling)
    assert told.notice is Notice.WITHDRAWN
    assert held(verdicts)["west-surrey.council-tax"] == "not-due-yet"
    assert not_told(judged_again(book, KIND, [first, then], noon(2027, 2, 10), noon(2027, 4, 10)))["guildford.council-tax"] == "taken-over"


def test_who_was_told_that_it_no_longer_concerns_them_waits_for_the_day_like_anybody(book: OfferBook) -> None:
    moves = [move("SG1 1AA", "WD17 1AA"), move("SG1 1AA", "L24 9AB"), move("SG1 1AA", "WD17 1AA", on=date(2027, 1, 20))]
    verdicts = judged_again(book, KIND, moves, TODAY, TODAY, TODAY)
    assert held(verdicts)["watford.council-tax"] == "not-due-yet"


def test_what_ends_before_the_council_does_is_told_to_it_alone(book: OfferBook) -> None:
    first, then = (move("GU1 1AA", "SG1 1AA", on=day) for day in (date(2027, 2, 8), date(2027, 4, 20)))
    verdicts = judged_again(book, KIND, [first, then | {"fact": "cancelled"}], noon(2027, 2, 10), noon(2027, 2, 10))
    assert isinstance(verdicts["guildford.council-tax"], Telling)
    assert "west-surrey.council-tax" not in verdicts
