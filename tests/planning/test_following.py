"""Who is who in another version of a case: nobody becomes another, and the order in which people are named says nothing."""

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.kinds import BUILT_IN
from hub.planning.case import FirstHand
from hub.planning.following import Place, match, wanted_of
from hub.privacy import Blind
from tests.planning.family import START, TODAY, person

BLIND = Blind(bytes(32), bytes(32))
_BORN = ["1950-01-01", "1990-01-01"]
_NUMBERS: list[dict[str, Any]] = [{}, {"nino": "AB123456C"}, {"nino": "CE123456A"}]
# Father and son, twins and strangers: names, birth dates and numbers meet in every way.
_PEOPLE = st.builds(
    lambda name, born, number: person(name, born) | number,
    st.sampled_from(["Tom", "Ann"]),
    st.sampled_from(_BORN),
    st.sampled_from(_NUMBERS),
)
_HOUSEHOLD = st.lists(_PEOPLE, max_size=4)


def named(household: list[dict[str, Any]]) -> FirstHand:
    told = {
        "standing": "informal", "fact": "asserted", "sourceTime": START.isoformat(), "movedOn": TODAY.isoformat(),
        "household": [{"person": who, "moves": True} for who in household],
    }  # fmt: skip
    return FirstHand(told, "citizen")


def places_of(household: list[dict[str, Any]], before: list[Place]) -> list[tuple[dict[str, Any], Place]]:
    wanted = wanted_of(BUILT_IN["change-of-address"], named(household), BUILT_IN, BLIND)
    return [(dict(one.data["mover"]), place) for one, place in zip(wanted, match(wanted, before), strict=True)]


@given(_HOUSEHOLD, _HOUSEHOLD)
def test_a_place_is_one_persons_and_nobody_with_another_number_or_birth_date_takes_it(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    before = places_of(first, [])
    known = {place.mark: who for who, place in before}
    after = places_of(second, [place for _, place in before])
    assert len({place.mark for _, place in after}) == len(after)
    for who, place in after:
        earlier = known.get(place.mark)
        if earlier is None:
            continue
        same_number = earlier.get("nino") is not None and earlier.get("nino") == who.get("nino")
        assert same_number or (earlier["names"], earlier["dateOfBirth"]) == (who["names"], who["dateOfBirth"])


@given(_HOUSEHOLD, st.randoms())
def test_the_same_people_in_another_order_keep_their_places(household: list[dict[str, Any]], chance: Random) -> None:
    before = places_of(household, [])
    again = [who for who, _ in before]
    chance.shuffle(again)
    after = places_of(again, [place for _, place in before])
    assert {place.mark: who for who, place in after} == {place.mark: who for who, place in before}


def test_what_is_misspelt_is_the_same_person_where_a_number_or_the_birth_date_says_so() -> None:
    before = places_of([person("Tom", "1990-01-01", family="Planted")], [])
    again = places_of([person("Tom", "1990-01-01", family="Plantet")], [place for _, place in before])
    assert [place.mark for _, place in again] == [place.mark for _, place in before]


def test_twins_of_one_first_name_are_two_by_their_numbers_or_their_other_names() -> None:
    ali, hassan = (person("Tom", "1990-01-01") | {"names": {"given": ["Tom", second], "family": "Planted"}} for second in ("Ali", "Hassan"))
    assert len(places_of([ali, hassan], [])) == 2
    one, other = (person("Tom", "1990-01-01", nino=number) for number in ("AB123456C", "CE123456A"))
    assert len(places_of([one, other], [])) == 2
    assert len(places_of([one, one], [])) == 1
    before = places_of([ali, hassan], [])
    again = places_of([hassan], [place for _, place in before])
    assert [place.mark for _, place in again] == [before[1][1].mark]
