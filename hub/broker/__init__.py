"""Kafka, as the hub uses it: topics, their ids and how long they keep, producers, wake-ups, and dead letters."""

from hub.broker.away import AWAY
from hub.broker.dead_letters import (
    REDRIVEN,
    DeadLetter,
    Fate,
    bury,
    find_dead_letters,
    list_dead_letters,
    redrive,
    redrives_of,
    waiting_dead_letters,
)
from hub.broker.producer import open_producer
from hub.broker.records import Record, Unprocessable
from hub.broker.retention import topic_retention
from hub.broker.topics import (
    DEAD_LETTERS,
    DELIVERY_STATUS,
    LIFE_EVENTS,
    Topics,
    acknowledgements,
    deliveries,
    ensure_topics,
    partitions_of,
    recipient_topic,
)
from hub.broker.unreadable import refuse_unreadable
from hub.broker.wakeups import MOST_IDS, Wake, decode_wakes, encode_wakes, wake_partition
from hub.broker.watch import TopicWatch

__all__ = [
    "AWAY",
    "DEAD_LETTERS",
    "DELIVERY_STATUS",
    "LIFE_EVENTS",
    "MOST_IDS",
    "REDRIVEN",
    "DeadLetter",
    "Fate",
    "Record",
    "TopicWatch",
    "Topics",
    "Unprocessable",
    "Wake",
    "acknowledgements",
    "bury",
    "decode_wakes",
    "deliveries",
    "encode_wakes",
    "ensure_topics",
    "find_dead_letters",
    "list_dead_letters",
    "open_producer",
    "partitions_of",
    "recipient_topic",
    "redrive",
    "redrives_of",
    "refuse_unreadable",
    "topic_retention",
    "waiting_dead_letters",
    "wake_partition",
]
