"""A move told anew: what an address that leads nowhere, or away from every council, means for those who were told."""

from typing import Any

import pytest

from hub.planning.case import NotTelling, Telling, Verdict
from hub.planning.offers import OfferBook
from schemas import Notice
from tests.planning.conftest import Hub
from tests.planning.family import told
from tests.planning.paper import book_of, data, judged_again, not_told, parts
from tests.planning.test_moves import KIND, MOVER, TODAY, everybody, move

NOWHERE = "L99 9ZZ"
LEFT, ENTERED, COUNTY = "stevenage.council-tax", "liverpool.council-tax", "hertfordshire.childrens-services"


@pytest.fixture(scope="module")
def book() -> OfferBook:
    return book_of(everybody())


def told_again(book: OfferBook, *contents: dict[str, Any]) -> dict[str, Verdict]:
    return judged_again(book, KIND, contents, *[TODAY] * len(contents))


def notice(verdict: Verdict) -> Notice | None:
    return None if isinstance(verdict, NotTelling) else verdict.notice


def test_who_was_entered_keeps_its_part_while_where_to_is_not_known_and_reads_nothing_new_of_it(book: OfferBook) -> None:
    verdicts = told_again(book, move("SG1 1AA", "L24 9AB"), move("SG1 1AA", NOWHERE))
    assert (notice(verdicts[ENTERED]), parts(verdicts)[ENTERED]) == (Notice.CORRECTED, "start")
    assert "newAddress" not in data(verdicts[ENTERED])
    assert LEFT not in parts(verdicts), "it has all that it may read"


def test_who_has_both_places_keeps_its_part_while_one_is_not_known(book: OfferBook) -> None:
    verdicts = told_again(book, move("SG1 1AA", "WD17 1AA"), move("SG1 1AA", NOWHERE))
    assert parts(verdicts)[COUNTY] == "update"
    assert "newAddress" not in data(verdicts[COUNTY])


def test_who_was_entered_and_turns_out_to_be_left_is_concerned_with_both_while_where_to_is_not_known(book: OfferBook) -> None:
    verdicts = told_again(book, move("SG1 1AA", "L24 9AB"), move("L24 9AB", NOWHERE))
    assert parts(verdicts)[ENTERED] == "update"


def test_who_heard_that_it_is_not_concerned_hears_nothing_while_where_to_is_not_known(book: OfferBook) -> None:
    there, elsewhere, nowhere = (move("SG1 1AA", postcode) for postcode in ("L24 9AB", "CT1 1AA", NOWHERE))
    assert notice(told_again(book, there, elsewhere)[ENTERED]) is Notice.WITHDRAWN
    assert not_told(told_again(book, there, elsewhere, nowhere))[ENTERED] == "withdrawn-before"


@pytest.mark.parametrize("address", [{"country": "France", "postcode": "75008"}, {"postcode": "BT1 1AA"}, {"postcode": "JE2 3AB"}])
def test_an_address_known_to_lie_away_from_every_council_takes_back_what_was_told_of_another(
    book: OfferBook, address: dict[str, str]
) -> None:
    away = move("SG1 1AA", None) | {"newAddress": {"lines": ["1 away"], **address}}
    verdict = told_again(book, move("SG1 1AA", "L24 9AB"), away)[ENTERED]
    assert isinstance(verdict, Telling)
    assert (verdict.notice, verdict.part) == (Notice.WITHDRAWN, None)
    assert "newAddress" not in data(verdict)


async def test_the_part_somebody_had_is_read_from_what_was_sent(hub: Hub) -> None:
    await hub.load(everybody())
    case = await hub.tell_and_plan(told(KIND, id_="one", **move("SG1 1AA", "L24 9AB")))
    await hub.sent(ENTERED)
    await hub.tell_and_plan(told(KIND, minute=5, corrects="one", **move("SG1 1AA", NOWHERE)))
    event = (await hub.rows(case))[ENTERED, 2].event
    assert event is not None
    assert event["part"] == "start"


async def test_who_was_entered_hears_nothing_of_a_teller_who_knows_only_what_was_left(hub: Hub) -> None:
    await hub.load(everybody())
    her = MOVER | {"nino": "AB123456C"}
    case = await hub.tell_and_plan(told(KIND, "portal", **move("SG1 1AA", "L24 9AB") | {"mover": her}))
    await hub.sent(ENTERED)
    assert await hub.tell_and_plan(told(KIND, "landlord", minute=5, **move("SG1 1AA", None) | {"mover": her})) == case
    assert (await hub.decisions(case))[ENTERED]["rule"] == "told-already"
