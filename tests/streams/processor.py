"""A role as small as can be: writes the value of every record it processes to the table `seen`.

`poison` fails alone; `wait:<file>` makes the file and waits in the middle of its batch, unless the file is there already.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from hub.broker import Record, TopicWatch
from hub.roles import run_role
from hub.settings import Settings
from hub.store import Pool, open_pool
from hub.streams import Batches, Room, run_streams


async def serve(settings: Settings, topic: str, stopping: asyncio.Event) -> None:
    """Process `topic` under a consumer group of its name until `stopping`."""
    pool = await open_pool(settings.database_url, size=2)
    watch = TopicWatch(settings.kafka_bootstrap, [topic])
    await run_streams(settings, topic, [Batches(topic, lambda records: _handle(pool, records), Room(pool, watch))], watch, stopping)
    await pool.close()


async def _handle(pool: Pool, records: Sequence[Record]) -> None:
    async with pool.connection() as connection, connection.transaction():
        for record in records:
            value = (record.value or b"").decode()
            if value == "poison":
                raise ValueError("poison")
            if value.startswith("wait:"):
                await _wait_once(Path(value.removeprefix("wait:")))
            await connection.execute("INSERT INTO seen VALUES (%s)", (value,))


async def _wait_once(marker: Path) -> None:
    if not await asyncio.to_thread(marker.exists):
        await asyncio.to_thread(marker.touch)
        await asyncio.Event().wait()


if __name__ == "__main__":
    run_role(lambda stopping: serve(Settings(), sys.argv[1], stopping))
