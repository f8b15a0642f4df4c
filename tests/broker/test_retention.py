"""How long a recipient's topic may hold a copy."""

import secrets
from datetime import timedelta

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from hub.broker import topic_retention
from hub.settings import Settings


async def test_retention_is_the_topics_own_and_one_that_keeps_for_ever_has_none(settings: Settings) -> None:
    weeks, ever = f"recipient.a-{secrets.token_hex(4)}", f"recipient.b-{secrets.token_hex(4)}"
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    await admin.start()
    day = 24 * 3600 * 1000
    parts = {weeks: {"retention.ms": str(14 * day), "segment.ms": str(day)}, ever: {"retention.ms": "-1"}}
    await admin.create_topics([NewTopic(name, 1, 1, topic_configs=configs) for name, configs in parts.items()])
    await admin.close()
    assert await topic_retention(settings, [weeks, ever]) == {weeks: timedelta(days=15)}
