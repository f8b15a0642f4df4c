"""Recipients that refuse, time out after reading, reset, answer garbage, half, errors or 410; and recover."""

from random import Random

import pytest

from tests.bench.arrivals import Mode
from tests.bench.receiver import RECIPIENTS
from tests.chaos.conftest import assert_kept
from tests.chaos.faults import MISBEHAVIOURS, Fault, misbehaviours
from tests.chaos.world import World


@pytest.mark.parametrize("mode", MISBEHAVIOURS)
def test_everything_arrives_once_a_misbehaving_recipient_recovers(place: World, random: Random, mode: Mode) -> None:
    faults = [Fault(0.3, "misbehave", str(number), 1.5, mode) for number in random.sample(range(1, RECIPIENTS + 1), 3)]
    assert_kept(place.round(place.stories(random, 30, 2.0), faults))


def test_batches_arrive_whole_however_recipients_answer_them(batch_place: World, random: Random) -> None:
    assert_kept(batch_place.round(batch_place.stories(random, 80, 5.0), misbehaviours(random, 5.0, 14)))
