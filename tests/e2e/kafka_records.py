"""Everything that lies on a topic, from its beginning to its end of now."""

from collections.abc import Iterator
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition


@dataclass(frozen=True)
class Record:
    """One record as it is on the broker."""

    topic: str
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    value: bytes | None


def topics(bootstrap: str) -> set[str]:
    """The names of all topics, Kafka's own too."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap.split(","), exclude_internal_topics=False)
    try:
        return set(consumer.topics())
    finally:
        consumer.close()


def records(bootstrap: str, *names: str) -> Iterator[Record]:
    """What lies on the topics of these names."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap.split(","), enable_auto_commit=False, exclude_internal_topics=False)
    try:
        places = [TopicPartition(name, number) for name in names for number in consumer.partitions_for_topic(name) or ()]
        ends = consumer.end_offsets(places)
        consumer.assign(places)
        consumer.seek_to_beginning()
        while any(consumer.position(place) < end for place, end in ends.items()):
            for fetched in consumer.poll(timeout_ms=500).values():
                for one in fetched:
                    yield Record(one.topic, one.key, tuple(one.headers), one.value)
    finally:
        consumer.close()
