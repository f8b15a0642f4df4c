"""The register lies in the ledger by version, and every process follows it."""

from collections.abc import AsyncIterator

import orjson
import pytest

from hub.kinds import Kinds, OwnKind
from hub.recipients import KindInUse, Organisation, Register, RegisterWatch, load, newest
from hub.store import Pool, open_pool
from tests.conftest import Databases
from tests.kinds.test_own_kinds import ENTRY, SCHEMA


@pytest.fixture
async def pool(postgres: Databases) -> AsyncIterator[Pool]:
    async with await open_pool(postgres.database_url) as opened:
        yield opened


def _register(name: str = "A", lanes: int = 1, connector: str = "webhook") -> Register:
    service = {
        "service": "tax", "name": "Tax", "kinds": ["bereavement"], "connector": connector, "answersWithin": "2 weeks", "lanes": lanes,
    }  # fmt: skip
    return Register((Organisation.model_validate({"organisation": "a", "name": name, "places": "everywhere", "services": [service]}),))


async def test_the_same_entries_make_no_new_version(pool: Pool) -> None:
    async with pool.connection() as connection:
        first = await load(connection, _register())
        assert await load(connection, _register()) == first
        assert await load(connection, _register("B")) > first


async def test_a_recipient_has_the_lanes_its_entry_says(pool: Pool) -> None:
    async with pool.connection() as connection:
        await load(connection, _register(lanes=3))
        await load(connection, _register(lanes=3, connector="topic"))
        rows = await (await connection.execute("SELECT recipient, split, connector FROM lane ORDER BY split")).fetchall()
    assert rows == [("a.tax", split, "topic") for split in range(3)]


async def test_a_process_follows_the_newest_register(pool: Pool) -> None:
    seen: list[int] = []
    watch = RegisterWatch(pool, lambda register: seen.append(register.version))
    assert (await watch.look()).version == 0
    for name in ("A", "B"):
        async with pool.connection() as connection:
            await load(connection, _register(name))
        assert (await watch.look()).organisations[0].name == name
        await watch.look()
    assert len(seen) == 2
    assert watch.current == _register("B").from_content(orjson.loads(_register("B").content), seen[-1])


async def test_a_kind_of_its_own_stays_in_the_register_while_there_are_cases_of_it(pool: Pool) -> None:
    own = Kinds((OwnKind({**ENTRY, "expected": []}, SCHEMA),))
    async with pool.connection() as connection:
        await load(connection, Register(_register("A").organisations, kinds=own))
        await load(connection, _register("B"))  # nobody told of one yet
        await load(connection, Register(_register("A").organisations, kinds=own))
        await connection.execute(
            "INSERT INTO cases (id, subject, kind, newest, effective, standing, fact, source_time, opened_at)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 'leaving-care', 1, 1, 1, 1, now(), now())"
        )
        with pytest.raises(KindInUse, match="cases of leaving-care"):
            await load(connection, _register("B"))
        current = await newest(connection)
        assert current is not None
        assert "leaving-care" in current.kinds
