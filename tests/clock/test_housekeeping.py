"""What the clock keeps in order."""

import secrets
from datetime import UTC, datetime

from hub.clock.housekeeping import carry_erasures_through, make_partitions
from hub.privacy import Keys
from hub.settings import Settings
from hub.store import open_pool
from hub.tasks import Cause, TaskDraft, list_tasks, open_tasks
from schemas import State
from tests.tracking.conftest import Deliveries


async def test_an_interrupted_erasure_is_carried_through_and_its_tasks_close(settings: Settings) -> None:
    async with await open_pool(settings.database_url) as pool, await open_pool(settings.keystore_url, size=2) as keystore:
        ledger = Deliveries(pool, Keys(keystore, secrets.token_bytes(32)))
        one = await ledger.planted(state=State.APPLIED)
        await ledger.run("INSERT INTO erasure (case_id) VALUES (%s)", one.case_id)
        async with pool.connection() as connection:
            await open_tasks(connection, [TaskDraft(Cause.REJECTED, str(one.id), one.case_id, one.id)])
        await carry_erasures_through(pool, ledger.keys, settings)
        assert await ledger.one("SELECT destroyed_at IS NOT NULL FROM erasure") is True
        assert await ledger.one("SELECT erased_at IS NOT NULL FROM cases") is True
        async with pool.connection() as connection:
            assert await list_tasks(connection) == []


async def test_the_partitions_of_the_months_to_come_are_there(settings: Settings) -> None:
    async with await open_pool(settings.database_url) as pool:
        await make_partitions(pool)
        async with pool.connection() as connection:
            rows = await (await connection.execute("SELECT relname FROM pg_class WHERE relname LIKE 'delivery_20__\\___'")).fetchall()
    now = datetime.now(UTC)
    wanted = {f"delivery_{now.year + (now.month - 1 + ahead) // 12}_{(now.month - 1 + ahead) % 12 + 1:02}" for ahead in range(4)}
    assert wanted <= {row[0] for row in rows}
