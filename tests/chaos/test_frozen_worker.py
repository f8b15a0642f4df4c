"""A deliverer that stands still past its lease, and wakes up while another has its lanes."""

from random import Random

from tests.bench.arrivals import Mode
from tests.chaos.conftest import assert_kept
from tests.chaos.faults import Fault, another_deliverer
from tests.chaos.world import World


def test_a_worker_frozen_past_its_lease_sends_nothing_newer_recipients_cannot_discard(place: World, random: Random) -> None:
    lease = place.hub.settings().lease
    # Slow recipients keep requests on the wire when it freezes.
    slow = [Fault(0.5, "misbehave", str(number), 1.5, Mode.SLOW) for number in (1, 2, 3)]
    with another_deliverer(place.hub):
        verdict = place.round(place.stories(random, 60, 4.0), [*slow, Fault(1.2, "freeze", "deliver", lease + 3.0)])
    assert_kept(verdict)
