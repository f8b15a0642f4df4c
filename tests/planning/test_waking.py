"""Wake-ups go out together, and a lane's are always on the same partition."""

from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from hub.broker import Record, decode_wakes, deliveries, ensure_topics, wake_partition
from hub.planning.offers import Lane
from hub.planning.waking import Waker
from hub.settings import Settings


async def test_a_batch_is_one_record_a_partition_and_a_lane_stays_on_its_own(settings: Settings) -> None:
    connector = f"test-{uuid4().hex[:12]}"
    await ensure_topics(settings.kafka_bootstrap, deliveries(connector))
    wakes = [(Lane(number, connector), uuid4(), 0) for number in range(1, 10) for _ in range(3)]
    waker = Waker(settings)
    await waker.wake(wakes)
    await waker.close()
    async with AIOKafkaConsumer(
        deliveries(connector), bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest"
    ) as consumer:
        partitions = len(consumer.partitions_for_topic(deliveries(connector)))
        records = [await consumer.getone() for _ in range(partitions)]
    assert {record.partition for record in records} == set(range(partitions))
    spoken = {
        (record.partition, wake.lane, id_)
        for record in records
        for wake in decode_wakes(Record(record.topic, record.partition, record.offset, record.key, record.value))
        for id_ in wake.ids
    }
    assert spoken == {(wake_partition(lane.id, partitions), lane.id, id_) for lane, id_, _ in wakes}
