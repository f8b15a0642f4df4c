"""Asks the broker how recipients' topics stand: ids, what is kept, and what each recipient's group has committed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from hub.broker import Topics, recipient_topic
from hub.settings import Settings
from hub.tracking.collected import Shelf

_NONE = UUID(int=0)


class Shelves:
    """One admin client and one consumer without a group. Use as an async context; raises `KafkaError`."""

    def __init__(self, settings: Settings) -> None:
        servers = settings.kafka_bootstrap.split(",")
        self._topics = Topics(settings.kafka_bootstrap)
        self._admin = AIOKafkaAdminClient(bootstrap_servers=servers, client_id=f"tuo-shelves-{settings.worker}")
        self._consumer: Any = AIOKafkaConsumer(bootstrap_servers=servers, client_id=f"tuo-shelves-{settings.worker}")

    async def __aenter__(self) -> "Shelves":
        await self._admin.start()
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()
        await self._admin.close()
        await self._topics.close()

    async def look(self, groups: Mapping[str, str]) -> list[Shelf]:
        """How the topics of `groups` (recipient → consumer group) stand now; one that is not there holds nothing.

        The ids are read before and after: offsets read while a topic was being replaced belong to neither.
        """
        names = {recipient_topic(recipient): recipient for recipient in groups}
        before = await self._topics.ids(names)
        shelves = [shelf for topic in before for shelf in await self._stands(names[topic], topic, before[topic], groups[names[topic]])]
        after = await self._topics.ids(names)
        gone = [Shelf(names[topic], _NONE, 0, 0, 0) for topic in names.keys() - before.keys() - after.keys()]
        return gone + [shelf for shelf in shelves if after.get(recipient_topic(shelf.recipient)) == shelf.topic_id]

    async def _stands(self, recipient: str, topic: str, topic_id: UUID, group: str) -> list[Shelf]:
        partitions = [TopicPartition(topic, number) for number in await self._partitions(topic)]
        starts = await self._consumer.beginning_offsets(partitions)
        ends = await self._consumer.end_offsets(partitions)
        committed = await self._admin.list_consumer_group_offsets(group, partitions=partitions)
        stands = []
        for at in partitions:
            offset = committed[at].offset if at in committed else -1
            # Beyond the end it was committed in an earlier life of the topic.
            stands.append(Shelf(recipient, topic_id, at.partition, starts[at], offset if offset <= ends[at] else 0))
        return stands

    async def _partitions(self, topic: str) -> list[int]:
        [found] = await self._admin.describe_topics([topic])
        return [partition["partition"] for partition in found["partitions"]]
