"""The Faust application of a role, with the settings under which it keeps its promises (docs/decisions/013)."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any
from uuid import UUID

import faust
from faust.app.base import BootStrategy

from hub.settings import Settings

# A killed worker is back within seconds and the others do not stall: static membership, a short session, and a
# supervisor that restarts at once.
SESSION_TIMEOUT = 6.0
HEARTBEAT = 2.0
# A body waits for an absent database for as long as it takes; it is not for Kafka to call that dead.
MAX_POLL_INTERVAL = 24 * 3600.0
_COMMIT_EVERY = 1.0
# A broker that has just come back may answer before it knows its topics. A member that leads its group then finds no
# partitions to give out, and looks again when what it knows of the topics is this old. Faust would look every five minutes.
_TOPICS_KNOWN_FOR = 2.0


class ConcurrencyRefused(Exception):
    """An agent asked for `concurrency` above 1: measured, Faust then commits past unfinished messages."""


class _Boot(BootStrategy):
    """Consumes and nothing else: events are produced with aiokafka, pages are served by `hub.observe`."""

    enable_kafka_producer = False
    enable_web = False


class _App(faust.App):
    BootStrategy = _Boot

    def agent(self, *args: Any, **options: Any) -> Any:
        if options.get("concurrency", 1) != 1:
            raise ConcurrencyRefused("an agent runs with concurrency=1; add processes and partitions to do more at once")
        return super().agent(*args, **options)

    def _create_directories(self) -> None:
        """No tables are kept, so no folder is needed."""


def group_of(name: str, topic_ids: Iterable[UUID]) -> str:
    """The consumer group of a role for the topics it reads, in its order.

    When a topic is made anew its readers begin in a new group: in the old one static membership hands a returning member
    the empty assignment it had while there was no topic.
    """
    return f"tuo-{name}-{blake2b(b''.join(one.bytes for one in topic_ids), digest_size=4).hexdigest()}"


def make_app(settings: Settings, name: str, group: str) -> faust.App:
    """An application in the consumer group `group`, of which this process is the member `<name>-<worker>`."""
    return _App(
        group,
        broker=[f"kafka://{address}" for address in settings.kafka_bootstrap.split(",")],
        broker_client_id=f"tuo-{name}-{settings.worker}",
        broker_session_timeout=SESSION_TIMEOUT,
        broker_heartbeat_interval=HEARTBEAT,
        broker_max_poll_interval=MAX_POLL_INTERVAL,
        broker_commit_interval=_COMMIT_EVERY,
        consumer_group_instance_id=f"{name}-{settings.worker}",
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=int(_TOPICS_KNOWN_FOR * 1000),
        key_serializer="raw",
        value_serializer="raw",
        store="memory://",
        table_standby_replicas=0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        reply_create_topic=False,
        web_enabled=False,
        autodiscover=False,
    )
