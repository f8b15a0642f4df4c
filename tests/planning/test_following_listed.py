"""Which cases follow from one, as the hub's own people and its teller read it."""

from uuid import UUID

import pytest

from hub.cases import merge
from hub.tracking import following
from hub.tracking.related import related_to
from tests.planning.conftest import Hub
from tests.planning.family import BEN, CAL, SG1, dead, member, move, of, person, registered, relative, services, told, two_clients


@pytest.fixture(autouse=True)
async def register(hub: Hub) -> None:
    moved = services("change-of-address", ["mover", "movedOn", "oldAddress", "newAddress"], council="duty")
    bereaved = services("family-bereavement", ["person", "relationship", "deceased"], council="duty")
    await hub.load([*moved, *bereaved, *services("bereavement", ["deceased.names"], council="duty")])
    await two_clients(hub)


async def _listed(hub: Hub, case: UUID) -> tuple[list[tuple[str, str]], int]:
    """What is said to follow from a case to the hub's own people, and how much to its teller."""
    async with hub.pool.connection() as connection:
        return await following(connection, case), len(await related_to(connection, case))


async def test_what_became_part_of_the_first_case_does_not_follow_from_it_any_more(hub: Hub) -> None:
    case = await hub.tell_and_plan(move(person("Ada"), member(BEN), member(CAL)))
    ben = await of(hub, case, "Ben")
    listed, count = await _listed(hub, case)
    assert (len(listed), count) == (2, 2)
    await merge(hub.pool, hub.keys, case, ben, "clerk")
    [(code, _)], count = await _listed(hub, case)
    assert count == 1
    assert (await hub.run("SELECT case_id FROM reference WHERE code = %s", code)) != [(ben,)]


async def test_who_follows_from_what_two_kinds_of_sources_told_is_listed_once(hub: Hub) -> None:
    ada = person("Ada", usualAddress=SG1)
    case = await hub.tell_and_plan(registered("bereavement", "123456789", deceased=dead(nino="AB123456C"), relatives=[relative(ada)]))
    again = told("bereavement", deceased=dead(nino="AB123456C"), relatives=[relative(ada | {"sex": "female"})])
    assert await hub.tell_and_plan(again) == case
    listed, count = await _listed(hub, case)
    assert (len(listed), count) == (1, 1)
