"""A processor in a loop of its own or in a process of its own, and what it has seen."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.settings import Settings
from hub.store import Connection
from tests.streams import processor

Seen = Callable[[], Awaitable[list[str]]]


@asynccontextmanager
async def processing(settings: Settings, topic: str) -> AsyncIterator[None]:
    """A processor in this loop, ended in order."""
    stopping = asyncio.Event()
    task = asyncio.create_task(processor.serve(settings, topic, stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


def start_processor(settings: Settings, topic: str) -> "subprocess.Popen[bytes]":
    """A processor in a process of its own."""
    environment = {"TUO_DATABASE_URL": settings.database_url, "TUO_KAFKA_BOOTSTRAP": settings.kafka_bootstrap}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.streams.processor", topic],
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture
async def ledger(settings: Settings) -> AsyncIterator[Connection]:
    """A connection to the ledger, with the table the processor writes to."""
    async with await Connection.connect(settings.database_url, autocommit=True) as connection:
        await connection.execute("CREATE TABLE seen (value text)")
        yield connection


@pytest.fixture
def seen(ledger: Connection) -> Seen:
    """What was processed, in order."""

    async def read() -> list[str]:
        return [row[0] for row in await (await ledger.execute("SELECT value FROM seen ORDER BY ctid")).fetchall()]

    return read
