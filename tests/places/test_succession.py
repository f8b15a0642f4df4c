"""Why somebody else is responsible than was, and which councils end when."""

from datetime import date, timedelta

import pytest

from hub.places import Place, council, describe_end, ending, find, taken_over

TODAY = date(2026, 3, 12)


def _why(postcode: str, since: date, on: date) -> list[str]:
    place = find(postcode, on)
    assert isinstance(place, Place)
    return [one.sentence for one in taken_over(place, since, on)]


def test_a_death_of_2022_goes_to_the_council_of_today_and_it_is_said_why() -> None:
    (cumberland,) = _why("CA1 1AA", date(2022, 6, 1), TODAY)
    assert cumberland == (
        "Cumberland Council took over on 1 April 2023 from Allerdale Borough Council, Carlisle City Council, "
        "Copeland Borough Council and Cumbria County Council, which ended."
    )
    (north_yorkshire,) = _why("YO7 1AA", date(2022, 6, 1), TODAY)
    assert north_yorkshire.startswith("North Yorkshire Council took over on 1 April 2023 from Craven District Council, ")


def test_of_two_successions_after_the_event_both_are_said_in_their_order() -> None:
    first, second = _why("TA1 1AA", date(2018, 6, 1), TODAY)
    assert first == (
        "Somerset West and Taunton Council took over on 1 April 2019 from Taunton Deane Borough Council "
        "and West Somerset District Council, which ended."
    )
    assert second.startswith("Somerset Council took over on 1 April 2023 from ")
    assert _why("TA1 1AA", date(2020, 6, 1), TODAY) == [second]


@pytest.mark.parametrize(
    ("postcode", "since", "on"),
    [
        ("CA1 1AA", date(2023, 4, 1), TODAY),  # on that day it was the new council's already
        ("SG1 1AA", date(2010, 1, 1), TODAY),
        ("GU2 4BB", date(2026, 1, 1), date(2027, 3, 31)),  # decided, not yet so
    ],
)
def test_where_the_same_councils_were_responsible_there_is_nothing_to_say(postcode: str, since: date, on: date) -> None:
    assert _why(postcode, since, on) == []


def test_of_a_county_split_up_only_the_successor_at_the_place_is_named() -> None:
    after = date(2027, 4, 1)
    taken = "took over on 1 April 2027 from"
    assert _why("GU2 4BB", TODAY, after) == [f"West Surrey {taken} Guildford Borough Council and Surrey County Council, which ended."]
    assert _why("RH2 0SG", TODAY, after) == [
        f"East Surrey {taken} Reigate and Banstead Borough Council and Surrey County Council, which ended."
    ]


def test_surrey_and_its_eleven_districts_end_on_one_day() -> None:
    found = ending(date(2027, 4, 1))
    assert len(found) == 12
    surrey = found[-1]
    assert (surrey.council.code, [one.code for one in surrey.successors]) == ("E10000030", ["east-surrey", "west-surrey"])
    assert {one.successors[0].code for one in found} == {"east-surrey", "west-surrey"}


def test_what_ends_within_a_time_is_found_and_nothing_that_is_not_decided() -> None:
    assert ending(date(2027, 3, 31)) == ()
    assert len(ending(date(2027, 3, 2), timedelta(days=30))) == 12
    assert ending(date(2027, 3, 2), timedelta(days=29)) == ()
    assert ending(date(2027, 4, 2), timedelta(weeks=104)) == ()  # Hertfordshire's end is not decided
    assert {one.on for one in ending(date(2023, 1, 1), timedelta(days=364))} == {date(2023, 4, 1)}


def test_the_end_of_a_council_is_said_in_a_sentence() -> None:
    surrey, guildford, hertfordshire = (council(code) for code in ("E10000030", "E07000209", "E10000015"))
    assert surrey
    assert guildford
    assert hertfordshire
    assert describe_end(surrey) == "Surrey County Council is no more from 1 April 2027 on; after it come East Surrey and West Surrey."
    assert describe_end(guildford) == "Guildford Borough Council is no more from 1 April 2027 on; after it comes West Surrey."
    assert describe_end(hertfordshire) is None
