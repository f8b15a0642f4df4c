"""Takes answers off their topics once the ledger has them: a recipient writes free words there, and only the ledger seals them."""

import asyncio
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.errors import KafkaError

from hub.observe import log
from hub.settings import Settings

_EVERY = 2.0


class Clearing:
    """Deletes up to what was noted, every few seconds; what a crash leaves goes when the next process takes over."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._taken: dict[TopicPartition, int] = {}

    def note(self, taken: Mapping[TopicPartition, int]) -> None:
        """The ledger has every record below these offsets, and they are committed."""
        self._taken.update(taken)

    async def run(self, consumer: AIOKafkaConsumer) -> None:
        """Go on until cancelled, beginning with what `consumer` finds committed."""
        looked: set[TopicPartition] = set()
        while True:
            await asyncio.sleep(_EVERY)
            try:
                for place in consumer.assignment() - looked:
                    if committed := await consumer.committed(place):
                        self._taken.setdefault(place, committed)
                    looked.add(place)
                if self._taken:
                    await self._delete()
            except KafkaError as error:
                log.warning("answers.not-cleared", cause=type(error).__name__)

    async def _delete(self) -> None:
        taken, self._taken = self._taken, {}
        client = AIOKafkaAdminClient(bootstrap_servers=self._settings.kafka_bootstrap.split(","), client_id="tuo-track-clearing")
        try:
            await client.start()
            await client.delete_records({place: RecordsToDelete(before_offset=offset) for place, offset in taken.items()})
        except KafkaError:
            self._taken = taken | self._taken
            raise
        finally:
            await client.close()
