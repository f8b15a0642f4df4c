"""SIGKILL of everything the hub consists of, at seeded random moments under load."""

from random import Random

import pytest

from tests.chaos.conftest import assert_kept
from tests.chaos.faults import kills
from tests.chaos.world import World
from tests.hub import ROLES, SERVERS


@pytest.mark.parametrize("whom", ROLES)
def test_nothing_accepted_is_lost_when_a_role_is_killed_three_times_under_load(place: World, random: Random, whom: str) -> None:
    faults = [fault for _ in range(3) for fault in kills(random, 4.0, [whom])]
    assert_kept(place.round(place.stories(random, 60, 4.0), faults))


@pytest.mark.parametrize("whom", SERVERS)
def test_nothing_accepted_is_lost_when_a_store_is_killed_under_load(place: World, random: Random, whom: str) -> None:
    assert_kept(place.round(place.stories(random, 60, 4.0), kills(random, 4.0, [whom])))


def test_nothing_accepted_is_lost_when_everything_is_killed_in_turn(place: World, random: Random) -> None:
    assert_kept(place.round(place.stories(random, 80, 8.0), kills(random, 8.0)))
