"""What a recipient collected from its topic, and what was lost there before it did."""

import secrets
from collections.abc import AsyncIterator

import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from hub.broker import Topics, ensure_topics, open_producer, recipient_topic
from hub.settings import Settings
from hub.tracking.collected import note_collected, requeue_lost
from hub.tracking.shelves import Shelves
from schemas import State
from tests.tracking.conftest import Deliveries, Planted

GROUP = "back-office"


class Shop:
    """A recipient's topic with deliveries placed on it at offsets 0, 1, 2, …"""

    def __init__(self, ledger: Deliveries, settings: Settings) -> None:
        self.ledger, self.settings = ledger, settings
        self.recipient = f"stevenage.waste-{secrets.token_hex(4)}"
        self.topic = recipient_topic(self.recipient)
        self.group = f"{GROUP}-{secrets.token_hex(4)}"

    async def place(self, count: int) -> list[Planted]:
        await ensure_topics(self.settings.kafka_bootstrap, self.topic)
        topics = Topics(self.settings.kafka_bootstrap)
        topic_id = (await topics.ids([self.topic]))[self.topic]
        await topics.close()
        producer = await open_producer(self.settings, "placer")
        placed = []
        for _ in range(count):
            one = await self.ledger.planted(self.recipient, state=State.PLACED)
            record = await producer.send_and_wait(self.topic, b"{}", key=b"subject")
            await self.ledger.run(
                "INSERT INTO placement SELECT id, 1, lane, %s, %s, 0, %s, now() FROM delivery WHERE id = %s",
                self.topic, str(topic_id), record.offset, one.id,
            )  # fmt: skip
            placed.append(one)
        await producer.stop()
        return placed

    async def commit(self, offset: int) -> None:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka_bootstrap, group_id=self.group, enable_auto_commit=False)
        await consumer.start()
        consumer.assign([TopicPartition(self.topic, 0)])
        await consumer.commit({TopicPartition(self.topic, 0): offset})
        await consumer.stop()

    async def admin(self) -> AIOKafkaAdminClient:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.kafka_bootstrap)
        await admin.start()
        return admin

    async def look(self) -> None:
        async with Shelves(self.settings) as shelves:
            for shelf in await shelves.look({self.recipient: self.group}):
                while await note_collected(self.ledger.pool, self.ledger.keys, shelf):
                    pass
                await requeue_lost(self.ledger.pool, shelf)


@pytest_asyncio.fixture
async def shop(ledger: Deliveries, settings: Settings) -> AsyncIterator[Shop]:
    yield Shop(ledger, settings)


async def test_what_the_named_group_committed_is_accepted_and_the_rest_lies_there(shop: Shop) -> None:
    placed = await shop.place(3)
    await shop.commit(2)
    await shop.look()
    assert await shop.ledger.states([one.id for one in placed]) == [State.ACCEPTED, State.ACCEPTED, State.PLACED]
    assert await shop.ledger.one("SELECT count(*) FROM placement WHERE collected_at IS NULL") == 1


async def test_nothing_is_taken_for_collected_without_a_commit(shop: Shop) -> None:
    placed = await shop.place(2)
    await shop.look()
    assert await shop.ledger.all_are([one.id for one in placed], State.PLACED)


async def test_what_retention_passed_unread_is_queued_again(shop: Shop) -> None:
    placed = await shop.place(3)
    await shop.commit(1)
    admin = await shop.admin()
    await admin.delete_records({TopicPartition(shop.topic, 0): RecordsToDelete(before_offset=2)})
    await admin.close()
    await shop.look()
    assert await shop.ledger.states([one.id for one in placed]) == [State.ACCEPTED, State.QUEUED, State.PLACED]
    assert await shop.ledger.one("SELECT told FROM delivery WHERE id = %s", placed[1].id) is not None


async def test_what_lay_on_a_topic_that_was_deleted_is_queued_again_also_when_it_is_made_anew(shop: Shop) -> None:
    placed = await shop.place(2)
    admin = await shop.admin()
    await admin.delete_topics([shop.topic])
    await admin.close()
    await shop.look()
    assert await shop.ledger.all_are([one.id for one in placed], State.QUEUED)
    again = await shop.place(1)
    await shop.ledger.run("UPDATE placement SET topic_id = gen_random_uuid()::text WHERE delivery = %s", again[0].id)
    await shop.commit(1)
    await shop.look()
    assert await shop.ledger.all_are([again[0].id], State.QUEUED)
