"""Kafka carries work and is not the truth: without its topics, or without it, everything planned still arrives."""

from random import Random

from tests.bench.arrivals import Mode
from tests.bench.receiver import RECIPIENTS
from tests.chaos.conftest import assert_kept
from tests.chaos.faults import Fault, hold_down
from tests.chaos.world import World
from tests.waiting import await_that


def test_everything_arrives_though_every_topic_is_deleted_in_the_middle(place: World, random: Random) -> None:
    assert_kept(place.round(place.stories(random, 60, 4.0), [Fault(2.0, "delete-topics")]))


def test_everything_planned_arrives_while_kafka_is_stopped(place: World, random: Random) -> None:
    # Told once each: every one of them makes eight deliveries, so it can be seen when all are planned.
    stories = [story for story in place.stories(random, 60, 1.0) if len(story.told) == 1]
    planned = place.deliveries()

    def stop_kafka_once_all_is_planned() -> None:
        place.witness.behave(Mode.REFUSE)
        await_that(lambda: place.deliveries() >= planned + len(stories) * RECIPIENTS and place.is_planned(), 30, "all is planned")
        place.witness.behave(Mode.UP)
        hold_down(place.hub, "kafka", 8.0)
        count, _ = place.witness.count()
        assert count >= len(stories), "nothing arrived while Kafka was away"

    assert_kept(place.round(stories, [], meanwhile=stop_kafka_once_all_is_planned))
