"""Fresh keys are committed before they are used; destroyed keys are gone for everybody within seconds."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from hub.privacy import Keys, SealBroken, WrongMasterKey
from hub.store import Pool, open_pool
from tests.conftest import Databases

MASTER = bytes(range(32))


@pytest.fixture
async def keystore(postgres: Databases) -> AsyncIterator[Pool]:
    pool = await open_pool(postgres.keystore_url)
    yield pool
    await pool.close()


async def stored(keystore: Pool) -> dict[int, bytes]:
    async with keystore.connection() as connection:
        return dict(await (await connection.execute("SELECT id, wrapped FROM data_key")).fetchall())


async def test_a_fresh_key_is_in_the_key_store_and_no_other_caller_gets_it(keystore: Pool) -> None:
    keys = Keys(keystore, MASTER)
    batches = await asyncio.gather(*(keys.fresh(100) for _ in range(20)))
    ids = [key.id for batch in batches for key in batch]
    assert len(set(ids)) == 2000
    assert set(ids) <= (await stored(keystore)).keys()


async def test_another_process_opens_what_a_fresh_key_sealed(keystore: Pool) -> None:
    (key,) = await Keys(keystore, MASTER).fresh(1)
    sealed = key.seal(b"content", b"place")
    found = await Keys(keystore, MASTER).get([key.id])
    assert found[key.id].open(sealed, b"place") == b"content"


async def test_a_destroyed_key_is_absent(keystore: Pool) -> None:
    keys = Keys(keystore, MASTER)
    kept, lost = await keys.fresh(2)
    await keys.get([kept.id, lost.id])
    await keys.destroy([lost.id])
    assert set(await keys.get([kept.id, lost.id])) == {kept.id}
    assert set(await Keys(keystore, MASTER).get([lost.id])) == set()


async def test_no_key_lies_open_in_the_key_store(keystore: Pool) -> None:
    keys = Keys(keystore, MASTER)
    (key,) = await keys.fresh(1)
    with pytest.raises(WrongMasterKey, match="TUO_MASTER_KEY"):
        await Keys(keystore, os.urandom(32)).get([key.id])


@pytest.mark.parametrize("damage", ["substr(wrapped, 1, length(wrapped) - 1) || '\\x00'", "'\\x'", "'\\x0102'"])
async def test_a_key_that_does_not_unwrap_opens_nothing_and_harms_no_other(keystore: Pool, damage: str) -> None:
    whole, broken = await Keys(keystore, MASTER).fresh(2)
    sealed = broken.seal(b"content", b"place")
    async with keystore.connection() as connection:
        await connection.execute(f"UPDATE data_key SET wrapped = {damage}::bytea WHERE id = %s".encode(), (broken.id,))  # noqa: S608
    found = await Keys(keystore, MASTER).get([whole.id, broken.id])
    assert found[whole.id].open(whole.seal(b"content", b"place"), b"place") == b"content"
    with pytest.raises(SealBroken):
        found[broken.id].open(sealed, b"place")
    with pytest.raises(SealBroken):
        found[broken.id].seal(b"content", b"place")


async def test_under_a_wrong_master_key_nothing_is_sealed_that_nobody_else_could_open(keystore: Pool) -> None:
    await Keys(keystore, MASTER).fresh(1)
    before = await stored(keystore)
    for _ in range(2):
        with pytest.raises(WrongMasterKey):
            await Keys(keystore, os.urandom(32)).fresh(1)
    assert await stored(keystore) == before


async def test_where_the_proof_was_lost_a_key_proves_it(keystore: Pool) -> None:
    (key,) = await Keys(keystore, MASTER).fresh(1)
    async with keystore.connection() as connection:
        await connection.execute("TRUNCATE master_key_check")
    with pytest.raises(WrongMasterKey):
        await Keys(keystore, os.urandom(32)).fresh(1)
    assert key.id in await Keys(keystore, MASTER).get([key.id])


async def test_however_many_keys_are_broken_the_others_open(keystore: Pool) -> None:
    keys = await Keys(keystore, MASTER).fresh(512)
    async with keystore.connection() as connection:
        await connection.execute("UPDATE data_key SET wrapped = '\\x00' WHERE id <> %s", (keys[-1].id,))
    found = await Keys(keystore, MASTER).get([key.id for key in keys])
    assert found[keys[-1].id].open(keys[-1].seal(b"content", b"place"), b"place") == b"content"


async def test_more_keys_than_a_block_may_be_wanted_at_once(keystore: Pool) -> None:
    assert len(await Keys(keystore, MASTER).fresh(1500)) == 1500


async def test_the_next_keys_are_made_while_there_are_some_left(keystore: Pool) -> None:
    keys = Keys(keystore, MASTER)
    await keys.fresh(500)
    await keystore.close()
    assert len(await keys.fresh(12)) == 12
