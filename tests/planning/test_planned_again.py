"""What waits to be sent and is planned again says what the newest plan says, and keeps its number where that is the same."""

from typing import Any

import pytest

from tests.cases.deaths import death, informal
from tests.planning.conftest import STEVENAGE, WATFORD, Hub, Row, everyone
from tests.planning.family import SG1, TODAY, person, told
from tests.planning.paper import organisation

KIND = "change-of-address"
NEW = {"lines": ["9 Secret Street"], "postcode": "WD17 1XL"}
BENEFITS = "dwp.benefits"


async def _again(hub: Hub) -> None:
    await hub.run("UPDATE cases SET plan_due = true")
    await hub.plan(*[case for (case,) in await hub.run("SELECT id FROM cases")])


async def _no_longer_where_they_move_to(hub: Hub, mover: str) -> Row:
    """A service of both towns, then of the one that is left alone."""
    fields = [mover, "movedOn", "oldAddress"]
    await hub.load([organisation("shared", [STEVENAGE, WATFORD], KIND, {"team": fields})])
    who = person("Ada", nino="AB123456C", usualAddress=NEW)
    case = await hub.tell_and_plan(told(KIND, mover=who, movedOn=TODAY.isoformat(), oldAddress=SG1, newAddress=NEW))
    await hub.load([organisation("shared", [STEVENAGE], KIND, {"team": fields})])
    await _again(hub)
    return (await hub.rows(case))["shared.team", 1]


@pytest.mark.parametrize("mover", ["mover", "mover.names"])
async def test_who_turns_out_to_be_left_reads_of_an_end_and_not_where_to(hub: Hub, mover: str) -> None:
    row = await _no_longer_where_they_move_to(hub, mover)
    assert row.event is not None
    assert row.event["part"] == "end"
    assert "Secret" not in str(row.event)


@pytest.mark.parametrize(
    ("was", "now", "member"),
    [
        ({"payload": "thin", "standing": "informal"}, {"standing": "informal"}, "dataref"),
        ({"standing": "informal"}, {"standing": "informal", "mark": None}, "stoppayments"),
    ],
    ids=["what is fetched", "whether payments may be stopped"],
)
async def test_how_it_is_told_is_as_the_newest_agreement_says(hub: Hub, was: dict[str, Any], now: dict[str, Any], member: str) -> None:
    await hub.load(everyone(benefits=was))
    case = await hub.tell_and_plan(informal(1))
    first = (await hub.rows(case))[BENEFITS, 1].event
    await hub.load(everyone(benefits=now))
    await _again(hub)
    event = (await hub.rows(case))[BENEFITS, 1].event
    assert first is not None
    assert event is not None
    assert (member in first, member in event) == (True, False)


async def test_what_is_planned_again_and_says_the_same_keeps_its_number(hub: Hub) -> None:
    await hub.load(everyone(benefits={"payload": "thin"}))
    case = await hub.tell_and_plan(death(1))
    numbers = {key: row.message for key, row in (await hub.rows(case)).items()}
    await _again(hub)
    assert {key: row.message for key, row in (await hub.rows(case)).items()} == numbers
    assert set(numbers.values()) <= {0, 1}
