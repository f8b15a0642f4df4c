"""Arrays as the hub dumps them mean the same to PostgreSQL as psycopg's own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.store import open_pool
from schemas.delivery import State
from tests.conftest import Databases

_COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "uuid": st.uuids(),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    "bytea": st.binary(),
    "boolean": st.booleans(),
    "timestamptz": st.datetimes(timezones=st.just(UTC)),
}


@pytest.mark.parametrize("kind", _COLUMNS)
async def test_any_array_comes_back_as_it_went(postgres: Databases, kind: str) -> None:
    async with await open_pool(postgres.database_url, size=1) as pool, pool.connection() as connection:

        async def echo(items: Sequence[Any]) -> list[Any]:
            row = await (await connection.execute(f"SELECT %b::{kind}[]".encode(), (items,), binary=True)).fetchone()
            assert row is not None
            return list(row[0])

        samples: list[list[Any]] = []

        @hypothesis_settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None, database=None)
        @given(st.lists(st.one_of(st.none(), _COLUMNS[kind]), max_size=30))
        def collect(items: list[Any]) -> None:
            samples.append(items)

        collect()
        for items in samples:
            assert await echo(items) == items


async def test_smaller_integers_enums_and_other_zones_are_taken(postgres: Databases) -> None:
    at = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    async with await open_pool(postgres.database_url, size=1) as pool, pool.connection() as connection:
        row = await (
            await connection.execute(
                "SELECT %b::smallint[], %b::int[], %b::timestamptz[], %b::uuid[]", ([State.ACCEPTED, 3], [7], [at], []), binary=True
            )
        ).fetchone()
    assert row == ([10, 3], [7], [at], [])


async def test_a_time_without_a_zone_is_refused(postgres: Databases) -> None:
    async with await open_pool(postgres.database_url, size=1) as pool, pool.connection() as connection:
        with pytest.raises(TypeError):
            await connection.execute("SELECT %b::timestamptz[]", ([datetime(2026, 1, 1)],))  # noqa: DTZ001 - what is tested


async def test_a_list_of_something_else_is_left_to_psycopg(postgres: Databases) -> None:
    async with await open_pool(postgres.database_url, size=1) as pool, pool.connection() as connection:
        row = await (await connection.execute("SELECT %b::float8[]", ([1.5, None],), binary=True)).fetchone()
        assert row == ([1.5, None],)
        with pytest.raises(psycopg.errors.Error):
            await connection.execute("SELECT %b::int[]", ([UUID(int=1)],))
