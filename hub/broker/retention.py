"""How long a topic may still hold a record: for the list of what an erasure cannot reach."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta

from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from hub.settings import Settings

# A record goes with its segment: at the latest when the segment was closed and its newest record is past retention.
_PARTS = ("retention.ms", "segment.ms")
_PATIENCE_MS = 10_000


async def topic_retention(settings: Settings, topics: Collection[str]) -> Mapping[str, timedelta]:
    """The longest a record can lie on each of `topics`; one that keeps its records for ever is left out. Raises `KafkaError`."""
    return await asyncio.to_thread(_read, settings.kafka_bootstrap, topics)


def _read(bootstrap: str, topics: Collection[str]) -> Mapping[str, timedelta]:
    client = KafkaAdminClient(bootstrap_servers=bootstrap.split(","), request_timeout_ms=_PATIENCE_MS, client_id="tuo-retention")
    try:
        resources = [ConfigResource(ConfigResourceType.TOPIC, topic, dict.fromkeys(_PARTS)) for topic in topics]
        found = client.describe_configs(resources, config_filter="all").get("topic", {})
    finally:
        client.close()
    kept = {}
    for topic, configs in found.items():
        parts = [int(configs[name]["value"]) for name in _PARTS]
        if parts[0] >= 0:
            kept[topic] = timedelta(milliseconds=sum(parts))
    return kept
