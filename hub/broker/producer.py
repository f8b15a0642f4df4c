"""Producers: idempotent, acknowledged by all in-sync replicas."""

from aiokafka import AIOKafkaProducer

from hub.settings import Settings


async def open_producer(settings: Settings, name: str) -> AIOKafkaProducer:
    """A started producer. Raises `aiokafka.errors.KafkaConnectionError` where no broker answers. Stop it after use.

    What is sent in one turn of the loop leaves in one request: nothing waits for more to come.
    """
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap.split(","),
        client_id=f"tuo-{name}-{settings.worker}",
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        max_batch_size=256 * 1024,
        request_timeout_ms=10_000,
    )
    try:
        await producer.start()
    except BaseException:
        await producer.stop()
        raise
    return producer
