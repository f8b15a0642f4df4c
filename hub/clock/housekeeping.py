"""What keeps the stores in order: partitions ahead of time, and erasures carried through and kept."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from hub.privacy import Keys, finish_erasures, replay_erasures
from hub.settings import Settings
from hub.store import Pool, add_partitions

# A task about what is erased is about nothing any more; one that came of what was told anew since is.
_CLOSE_TASKS = """
UPDATE task SET closed_at = now(), closed_by = 'erased' FROM erasure JOIN cases ON cases.id = erasure.case_id
WHERE task.closed_at IS NULL AND task.case_id = erasure.case_id AND erasure.destroyed_at > now() - interval '1 day'
  AND (cases.erased_at IS NOT NULL OR task.opened_at < erasure.requested_at)
"""


async def make_partitions(pool: Pool) -> None:
    """The months to come get theirs long before the first delivery needs one."""
    async with pool.connection() as connection:
        await add_partitions(connection, datetime.now(UTC))


async def carry_erasures_through(pool: Pool, keys: Keys, settings: Settings) -> None:
    """Take up erasures that were cut short, and close the tasks of what is erased."""
    await finish_erasures(pool, keys, partial(_retention, settings))
    async with pool.connection() as connection:
        await connection.execute(_CLOSE_TASKS)


async def _retention(settings: Settings, topics: Collection[str]) -> Mapping[str, timedelta]:
    # Imported here: of all the clock does, only an erasure that was cut short needs Kafka, whose clients are 10 MB.
    from hub.broker import topic_retention

    return await topic_retention(settings, topics)


async def keep_erased(pool: Pool, keys: Keys) -> None:
    """Erase again what a restored backup brought back."""
    await replay_erasures(pool, keys)
