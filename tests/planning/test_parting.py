"""A merge that is undone, as the recipients see it: nobody goes on believing of one person what was told of another."""

from typing import Any
from uuid import UUID

import pytest

from hub.cases import merge, undo
from schemas import Notice, State
from tests.cases.deaths import death
from tests.planning.conftest import Hub, Row

BENEFITS, HERE, THERE = "dwp.benefits", "stevenage.council-tax", "watford.council-tax"


def who(name: str, postcode: str = "SG1 1JG", **more: Any) -> dict[str, Any]:
    return {
        "names": {"given": [name], "family": "Planted"},
        "dateOfBirth": {"value": "1931-04-07"},
        "dateOfDeath": {"value": "2026-02-11"},
        "usualAddress": {"postcode": postcode},
    } | more


def ada(minute: int = 0, **more: Any) -> Any:
    return death(1, minute=minute, deceased=who("Ada", nino="AB000001C") | more)


def eve(minute: int = 1, **more: Any) -> Any:
    """Another person, of another town, surer than Ada by the time of its source."""
    return death(2, minute=minute, deceased=who("Eve", "WD17 1XL", nino="AB000002C") | more)


class Told:
    """What each recipient reads, id by id and in order, as its own system keeps it: what came last of an id holds."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.messages: list[Row] = []

    async def everyone(self, *cases: UUID) -> list[Row]:
        """All that is queued for anybody is sent; what went out is returned."""
        sent: list[Row] = []
        for case in cases:
            queued = [row for row in (await self.hub.rows(case)).values() if row.state is State.QUEUED]
            for row in sorted(queued, key=lambda row: row.id):
                await self.hub.run("UPDATE delivery SET state = 10, told = true, first_attempt_at = now() WHERE id = %s", row.id)
                sent.append(row)
        self.messages += sent
        return sent

    def believes(self, recipient: str) -> dict[str, str]:
        """The first name, or that it is over, by the id of the person."""
        known: dict[str, str] = {}
        for row in self.messages:
            if row.recipient == recipient and row.event is not None:
                name = row.event["data"]["deceased"]["names"]["given"][0]
                known[row.event["subject"]] = "over" if row.notice >= Notice.WITHDRAWN else name
        return known

    def held_to_be_one(self, recipient: str) -> set[frozenset[str]]:
        """The pairs of ids that it takes for one person."""
        pairs: set[frozenset[str]] = set()
        for row in self.messages:
            if row.recipient == recipient and row.event is not None:
                if other := row.event.get("alias"):
                    pairs.add(frozenset((row.event["subject"], other)))
                if other := row.event.get("formeralias"):
                    pairs.discard(frozenset((row.event["subject"], other)))
        return pairs


@pytest.fixture
def told(hub: Hub) -> Told:
    return Told(hub)


def ids(hub: Hub, recipient: str, *subjects: UUID) -> list[str]:
    return [hub.blind.pairwise(recipient, subject) for subject in subjects]


async def subjects(hub: Hub, *cases: UUID) -> list[UUID]:
    return [(await hub.run("SELECT subject FROM cases WHERE id = %s", case))[0][0] for case in cases]


async def both_told(hub: Hub, told: Told) -> tuple[UUID, UUID]:
    one, other = await hub.tell_and_plan(ada()), await hub.tell_and_plan(eve())
    await told.everyone(one, other)
    return one, other


async def test_everyone_told_merged_content_reads_each_person_right_again(hub: Hub, told: Told) -> None:
    one, other = await both_told(hub, told)
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    merged = await told.everyone(one)
    assert {row.recipient for row in merged} >= {BENEFITS, HERE}
    first, second = ids(hub, BENEFITS, *await subjects(hub, one, other))
    assert told.believes(BENEFITS) == {first: "Eve", second: "Eve"}
    assert told.held_to_be_one(BENEFITS) == {frozenset((first, second))}
    assert set(told.believes(HERE).values()) == {"over"}

    await undo(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one, other)
    await told.everyone(one, other)
    assert told.believes(BENEFITS) == {first: "Ada", second: "Eve"}
    assert told.held_to_be_one(BENEFITS) == set()
    assert set(told.believes(HERE).values()) == {"Ada"}
    assert set(told.believes(THERE).values()) == {"Eve"}
    [(evidence,)] = await hub.run("SELECT evidence FROM task WHERE cause = 'breach-assessment' AND case_id = %s", one)
    assert {BENEFITS, HERE} <= set(evidence["recipients"]) == evidence["fields"].keys() == evidence["since"].keys()
    assert "deceased.names" in evidence["fields"][BENEFITS]
    await hub.plan(one, other)
    assert await told.everyone(one, other) == []


async def test_who_heard_of_the_other_first_keeps_its_id_and_hears_of_the_survivor_as_of_somebody_new(hub: Hub, told: Told) -> None:
    other = await hub.tell_and_plan(eve(minute=0))
    await told.everyone(other)
    one = await hub.tell(ada(minute=5))
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    await told.everyone(one)
    first, second = ids(hub, BENEFITS, *await subjects(hub, one, other))
    assert told.believes(BENEFITS) == {second: "Ada"}
    assert told.held_to_be_one(BENEFITS) == {frozenset((first, second))}

    await undo(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one, other)
    sent = [row for row in await told.everyone(one, other) if row.recipient == BENEFITS]
    assert {(row.event["subject"], row.notice) for row in sent if row.event} == {(first, Notice.NOTIFIED), (second, Notice.CORRECTED)}
    assert told.believes(BENEFITS) == {first: "Ada", second: "Eve"}
    assert told.held_to_be_one(BENEFITS) == set()


async def test_who_was_missed_is_told_of_the_other(hub: Hub, told: Told) -> None:
    one, other = await hub.tell_and_plan(ada(minute=5)), await hub.tell(eve())
    await told.everyone(one)
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    await told.everyone(one)
    assert told.believes(THERE) == {}
    await undo(hub.pool, hub.keys, other, one, "clerk")
    await hub.plan(one, other)
    await told.everyone(one, other)
    assert set(told.believes(THERE).values()) == {"Eve"}
    assert set(told.believes(HERE).values()) == {"Ada"}


async def test_what_was_not_sent_when_the_merge_was_undone_is_never_sent(hub: Hub, told: Told) -> None:
    one, other = await both_told(hub, told)
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    queued = [row.id for row in (await hub.rows(one)).values() if row.state is State.QUEUED]
    assert queued
    await undo(hub.pool, hub.keys, one, other, "clerk")
    assert await hub.run("SELECT DISTINCT state FROM delivery WHERE id = ANY(%s)", queued) == [(int(State.CANCELLED),)]
    await hub.plan(one, other)
    assert await told.everyone(one, other) == [], "all have what is so"
    assert await hub.tasks() == set(), "and nobody ever read anything else"


async def test_told_under_both_with_nothing_different_nobody_hears_of_the_merge(hub: Hub, told: Told) -> None:
    same = who("Ada")
    one, other = await hub.tell_and_plan(death(1, deceased=same)), await hub.tell_and_plan(death(2, deceased=same))
    await told.everyone(one, other)
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    assert {decision["rule"] for decision in (await hub.decisions(one)).values()} == {"told-already"}
    assert await told.everyone(one) == []


async def test_told_under_both_each_hears_at_most_one_correction_that_names_both_ids(hub: Hub, told: Told) -> None:
    one = await hub.tell_and_plan(death(1, deceased=who("Ada")))
    other = await hub.tell_and_plan(death(2, minute=1, deceased=who("Adah")))
    await told.everyone(one, other)
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    corrections = await told.everyone(one)
    assert len({row.recipient for row in corrections}) == len(corrections)
    assert {row.notice for row in corrections} == {Notice.CORRECTED}
    assert all(row.event and {row.event["subject"], row.event["alias"]} == set(told.believes(row.recipient)) for row in corrections)
    await hub.tell_and_plan(death(2, client="register", minute=9, deceased=who("Adah")))
    assert await told.everyone(one) == []


async def test_who_took_the_two_for_one_is_told_that_they_are_two_though_neither_content_changed(hub: Hub, told: Told) -> None:
    same = who("Ada")
    other = await hub.tell_and_plan(death(2, deceased=same))
    await told.everyone(other)
    one = await hub.tell(death(1, minute=3, deceased=same | {"sex": "female"}))
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    await hub.tell_and_plan(death(1, minute=7, deceased=same | {"dateOfDeath": {"value": "2026-02-12"}}))
    await told.everyone(one)
    await hub.tell_and_plan(death(1, minute=8, deceased=same))
    await told.everyone(one)
    assert told.held_to_be_one(BENEFITS)
    await undo(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one, other)
    await told.everyone(one, other)
    assert told.held_to_be_one(BENEFITS) == set()


async def test_of_three_that_were_merged_one_is_parted_and_the_two_stay_one(hub: Hub, told: Told) -> None:
    one, other = await both_told(hub, told)
    third = await hub.tell_and_plan(death(3, minute=9, deceased=who("Ida")))
    await told.everyone(third)
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await merge(hub.pool, hub.keys, one, third, "clerk")
    await hub.plan(one)
    await told.everyone(one)
    await undo(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one, other)
    await told.everyone(one, other)
    first, second, last = ids(hub, BENEFITS, *await subjects(hub, one, other, third))
    believes = told.believes(BENEFITS)
    assert (believes[first], believes[second]) == ("Ida", "Eve")
    assert told.held_to_be_one(BENEFITS) == {frozenset((first, last))}
    await undo(hub.pool, hub.keys, one, third, "clerk")
    await hub.plan(one, third)
    await told.everyone(one, third)
    assert told.believes(BENEFITS) == {first: "Ada", second: "Eve", last: "Ida"}
    assert told.held_to_be_one(BENEFITS) == set()


async def test_the_end_of_one_of_two_that_were_one_goes_to_those_told_of_that_one_alone(hub: Hub, told: Told) -> None:
    one, other = await both_told(hub, told)
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    await told.everyone(one)
    await undo(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one, other)
    await told.everyone(one, other)
    await hub.tell_and_plan(death(2, minute=30, fact="retracted", deceased=who("Eve", "WD17 1XL")))
    ended = await told.everyone(one, other)
    assert {row.notice for row in ended} == {Notice.RETRACTED}
    assert THERE in {row.recipient for row in ended}
    assert set(told.believes(HERE).values()) == {"Ada"}


async def test_a_retraction_after_an_undo_asks_for_an_assessment_of_its_own(hub: Hub, told: Told) -> None:
    one, other = await both_told(hub, told)
    await merge(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one)
    await told.everyone(one)
    await undo(hub.pool, hub.keys, one, other, "clerk")
    await hub.plan(one, other)
    await told.everyone(one, other)
    not_so = death(1, minute=9, fact="retracted", deceased=who("Ada", nino="AB000001C"))
    assert await hub.tell_and_plan(not_so) == one
    asked = {about for cause, about in await hub.tasks() if cause == "breach-assessment"}
    assert len(asked) == 2
    assert all(about.startswith(f"{one} ") for about in asked)
