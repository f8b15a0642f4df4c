"""A move: the council that is left, the one that is entered and the one above both are each told their part, and no more."""

from datetime import date, datetime
from typing import Any

import pytest

from hub.kinds import Side
from hub.planning.case import NotTelling
from hub.planning.offers import OfferBook
from hub.recipients import Organisation
from tests.planning.paper import book_of, data, held, judged, noon, not_told, organisation, parts

KIND = "change-of-address"
FIELDS = ["mover.names", "mover.dateOfBirth", "movedOn", "oldAddress", "newAddress", "newUprn", "residence"]
DISTRICTS = {
    "stevenage": "E07000243", "watford": "E07000103", "maidstone": "E07000110", "canterbury": "E07000106", "guildford": "E07000209",
    "woking": "E07000217", "elmbridge": "E07000207", "west-surrey": "west-surrey", "east-surrey": "east-surrey", "liverpool": "E08000012",
}  # fmt: skip
COUNTIES = {"hertfordshire": "E10000015", "kent": "E10000016", "surrey": "E10000030"}
UNITARY = ("liverpool", "west-surrey", "east-surrey")
TODAY = noon(2026, 11, 21)
DAY = TODAY.date()
MOVER = {"names": {"given": ["Ada"], "family": "Planted"}, "dateOfBirth": {"value": "1980-04-07"}}


def everybody() -> list[Organisation]:
    district = {"council-tax": FIELDS, "electoral-registration": FIELDS}
    county = {"childrens-services": FIELDS}
    made = [organisation(name, [code], KIND, district | (county if name in UNITARY else {})) for name, code in DISTRICTS.items()]
    made += [organisation(name, [code], KIND, county) for name, code in COUNTIES.items()]
    return [*made, organisation("dvla", "everywhere", KIND, {"licences": FIELDS})]


@pytest.fixture(scope="module")
def book() -> OfferBook:
    return book_of(everybody())


def move(old: str | None, new: str | None, on: date = DAY, **more: Any) -> dict[str, Any]:
    addresses = {"oldAddress": old, "newAddress": new}
    given = {name: {"lines": [f"1 {name}"], "postcode": postcode} for name, postcode in addresses.items() if postcode}
    return {"mover": MOVER, "movedOn": on.isoformat(), "residence": "known", **given, **more}


def told(book: OfferBook, old: str | None, new: str | None, now: datetime = TODAY, **more: Any) -> dict[str, str | None]:
    """By organisation and service, who is told what part."""
    return parts(judged(book, KIND, move(old, new, more.pop("on", now.date()), **more), now))


WITHIN = [
    ("SG1 1AA", "SG1 5BW", "stevenage", "hertfordshire"),
    ("ME13 0BF", "ME16 0SZ", "maidstone", "kent"),
    ("GU1 1AA", "GU2 8YD", "guildford", "surrey"),
]


@pytest.mark.parametrize(("old", "new", "district", "county"), WITHIN)
def test_within_a_district_the_district_and_the_county_update(book: OfferBook, old: str, new: str, district: str, county: str) -> None:
    assert told(book, old, new) == {
        "dvla.licences": "update",
        f"{district}.council-tax": "update",
        f"{district}.electoral-registration": "update",
        f"{county}.childrens-services": "update",
    }


ACROSS = [
    ("SG1 1AA", "WD17 1AA", "stevenage", "watford", "hertfordshire"),
    ("ME13 0BF", "CT1 1AA", "maidstone", "canterbury", "kent"),
    ("GU1 1AA", "KT10 0AA", "guildford", "elmbridge", "surrey"),
]


@pytest.mark.parametrize(("old", "new", "left", "entered", "county"), ACROSS)
def test_across_districts_of_a_county_one_ends_one_starts_and_the_county_updates(
    book: OfferBook, old: str, new: str, left: str, entered: str, county: str
) -> None:
    assert told(book, old, new) == {
        "dvla.licences": "update",
        f"{left}.council-tax": "end",
        f"{left}.electoral-registration": "end",
        f"{entered}.council-tax": "start",
        f"{entered}.electoral-registration": "start",
        f"{county}.childrens-services": "update",
    }


OUT = [
    ("SG1 1AA", "L24 9AB", "stevenage", "hertfordshire", ("liverpool", "liverpool")),
    ("ME13 0BF", "SG1 1AA", "maidstone", "kent", ("stevenage", "hertfordshire")),
    ("GU1 1AA", "CT1 1AA", "guildford", "surrey", ("canterbury", "kent")),
]


@pytest.mark.parametrize(("old", "new", "left", "county", "entered"), OUT)
def test_out_of_the_county_both_tiers_end_and_the_new_ones_start(
    book: OfferBook, old: str, new: str, left: str, county: str, entered: tuple[str, str]
) -> None:
    found = told(book, old, new)
    assert {id_ for id_, part in found.items() if part == "end"} == {
        f"{left}.council-tax", f"{left}.electoral-registration", f"{county}.childrens-services",
    }  # fmt: skip
    district, above = entered
    assert {id_ for id_, part in found.items() if part == "start"} == {
        f"{district}.council-tax", f"{district}.electoral-registration", f"{above}.childrens-services",
    }  # fmt: skip
    assert found["dvla.licences"] == "update"


def test_an_end_says_nothing_of_where_to(book: OfferBook) -> None:
    verdicts = judged(book, KIND, move("SG1 1AA", "L24 9AB", newUprn="100012345678", household=[{"person": MOVER}]), TODAY)
    left, entered, centre = (data(verdicts[id_]) for id_ in ("stevenage.council-tax", "liverpool.council-tax", "dvla.licences"))
    assert left.keys() == {"standing", "fact", "mover", "movedOn", "oldAddress"}
    assert "L24" not in str(left)
    assert "Liverpool" not in str(left)
    assert entered["newAddress"]["postcode"] == centre["newAddress"]["postcode"] == "L24 9AB"
    assert "household" not in centre


def test_an_end_says_where_to_only_where_the_mover_chose_so(book: OfferBook) -> None:
    chosen = judged(book, KIND, move("SG1 1AA", "L24 9AB", tellOldWhereTo=True), TODAY)
    assert data(chosen["stevenage.council-tax"])["newAddress"]["postcode"] == "L24 9AB"
    refused = judged(book, KIND, move("SG1 1AA", "L24 9AB", tellOldWhereTo=False), TODAY)
    assert "newAddress" not in data(refused["stevenage.council-tax"])


def test_a_move_of_the_31st_of_march_2027_and_one_of_the_1st_of_april_are_planned_differently(book: OfferBook) -> None:
    now = noon(2027, 2, 1)
    before, after = (judged(book, KIND, move("GU1 1AA", "KT10 0AA", on), now) for on in (date(2027, 3, 31), date(2027, 4, 1)))
    assert set(held(before).values()) == set(held(after).values()) == {"not-due-yet"}
    assert {id_.partition(".")[0] for id_ in held(before)} == {"dvla", "guildford", "elmbridge", "surrey"}
    assert {id_.partition(".")[0] for id_ in held(after)} == {"dvla", "west-surrey", "east-surrey"}


@pytest.mark.parametrize(
    ("on", "entered"), [(date(2027, 3, 31), "surrey.childrens-services"), (date(2027, 4, 1), "west-surrey.childrens-services")]
)
def test_when_its_day_has_come_a_move_is_told(book: OfferBook, on: date, entered: str) -> None:
    assert told(book, "SG1 1AA", "GU1 1AA", noon(on.year, on.month, on.day), on=on)[entered] == "start"


def test_who_moved_before_the_councils_ended_is_told_of_to_those_there_are(book: OfferBook) -> None:
    found = told(book, "GU1 1AA", "KT10 0AA", noon(2027, 4, 5), on=date(2027, 3, 20))
    assert {id_.partition(".")[0]: part for id_, part in found.items()} == {"dvla": "update", "west-surrey": "end", "east-surrey": "start"}


@pytest.mark.parametrize("residence", ["unknown", "abroad"])
def test_who_leaves_for_nowhere_known_is_ended_and_nothing_is_missing(book: OfferBook, residence: str) -> None:
    verdicts = judged(book, KIND, move("SG1 1AA", None, residence=residence), TODAY)
    assert parts(verdicts) == {
        "dvla.licences": "update",
        "stevenage.council-tax": "end",
        "stevenage.electoral-registration": "end",
        "hertfordshire.childrens-services": "end",
    }
    assert not_told(verdicts) == {}


def test_who_comes_from_abroad_is_started(book: OfferBook) -> None:
    found = told(book, None, "L24 9AB")
    assert {part for id_, part in found.items() if id_.startswith("liverpool")} == {"start"}


@pytest.mark.parametrize(
    ("postcode", "reason"), [("BT1 1AA", "northern-ireland"), ("JE2 3AB", "crown-dependency"), ("75008", "not-a-postcode")]
)
def test_a_new_address_without_a_council_in_the_hub_is_a_visible_outcome(book: OfferBook, postcode: str, reason: str) -> None:
    verdicts = judged(book, KIND, move("SG1 1AA", postcode), TODAY)
    assert set(not_told(verdicts).values()) == {reason}
    assert {one.side for one in verdicts.values() if isinstance(one, NotTelling)} == {Side.ARRIVES}
    assert parts(verdicts)["stevenage.council-tax"] == "end"


def test_a_renumbered_house_is_no_move(book: OfferBook) -> None:
    assert set(told(book, "SG1 1AA", "SG1 1AA", residence="renumbered").values()) == {"update"}


def test_a_place_without_a_recipient_is_named(book: OfferBook) -> None:
    assert not_told(judged(book, KIND, move("SG1 1AA", "CB2 9BQ"), TODAY)) == {
        "cambridge.childrens-services": "no-recipient",
        "cambridge.council-tax": "no-recipient",
        "cambridge.electoral-registration": "no-recipient",
    }


def test_trap_a_everybody_of_the_place_is_decided_on_without_having_set_a_mark(book: OfferBook) -> None:
    verdicts = judged(book, KIND, move("SG1 1AA", "L24 9AB"), TODAY)
    serving = ("stevenage", "hertfordshire", "liverpool", "dvla")
    assert {id_ for id_ in book.register.recipients if id_.partition(".")[0] in serving} == verdicts.keys()


def test_the_council_that_is_left_is_not_told_where_to_whatever_its_agreement_names() -> None:
    fields = [*FIELDS, "mover.usualAddress", "reason"]
    book = book_of([organisation("stevenage", [DISTRICTS["stevenage"]], KIND, {"council-tax": fields})])
    where_to: dict[str, Any] = {"mover": MOVER | {"usualAddress": {"postcode": "WD17 1XL"}}, "reason": "to live with her son in Watford"}
    moved = move("SG1 1JG", "WD17 1XL", **where_to)
    assert not {"reason", "newAddress"} & data(judged(book, KIND, moved, TODAY)["stevenage.council-tax"]).keys()
    assert "usualAddress" not in data(judged(book, KIND, moved, TODAY)["stevenage.council-tax"])["mover"]
    said = data(judged(book, KIND, moved | {"tellOldWhereTo": True}, TODAY)["stevenage.council-tax"])
    assert said["mover"]["usualAddress"] == {"postcode": "WD17 1XL"}
