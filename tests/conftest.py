"""The real parts, started once for a run of the tests: PostgreSQL with a migrated template, and Kafka."""

import asyncio
import itertools
import secrets
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from hub import local
from hub.broker import ensure_topics, open_producer
from hub.settings import Settings
from hub.store import add_partitions, migrate, open_pool

LEDGER_TEMPLATE = "ledger_template"
KEYS_TEMPLATE = "keys_template"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Databases:
    """A ledger and a key store of a test's own, migrated and empty."""

    database_url: str
    keystore_url: str


@pytest.fixture
def home_folder() -> Iterator[Path]:
    """A folder for an installation. Not pytest's own: PostgreSQL, which does not run as root, could not pass through that."""
    with tempfile.TemporaryDirectory(prefix="tuo-") as folder:
        yield Path(folder) / "home"


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """Where the run's servers have their files."""
    with tempfile.TemporaryDirectory(prefix="tuo-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def postgres_server(session_folder: Path) -> Iterator[local.Postgres]:
    """One PostgreSQL for the run. Without fsync: what survives a power cut is not tested on this one."""
    server = local.Postgres(session_folder / "postgres", fsync="off", full_page_writes="off")
    server.prepare()
    with local.running(server, session_folder / "postgres.log"):
        ledger = server.create(LEDGER_TEMPLATE)
        migrate("ledger", ledger)
        migrate("keys", server.create(KEYS_TEMPLATE))
        asyncio.run(_add_partitions(ledger))
        yield server


@pytest.fixture
def postgres(postgres_server: local.Postgres) -> Iterator[Databases]:
    """A fresh ledger and key store."""
    number = next(_numbers)
    names = f"ledger_{number}", f"keys_{number}"
    yield Databases(
        database_url=postgres_server.create(names[0], LEDGER_TEMPLATE),
        keystore_url=postgres_server.create(names[1], KEYS_TEMPLATE),
    )
    for name in names:
        postgres_server.drop(name)


@pytest.fixture(scope="session")
def kafka(session_folder: Path) -> Iterator[str]:
    """Where clients find the run's one broker. Tests keep apart by the names of their topics and groups."""
    server = local.Kafka(session_folder / "kafka")
    server.prepare()
    with local.running(server, session_folder / "kafka.log"):
        yield server.bootstrap


@pytest.fixture
def settings(postgres: Databases, kafka: str) -> Settings:
    """Settings of a hub on a fresh ledger and the run's broker, with secrets of its own."""
    return Settings.model_validate(
        {
            "database_url": postgres.database_url,
            "keystore_url": postgres.keystore_url,
            "kafka_bootstrap": kafka,
            "port": local.free_port(),
            "master_key": secrets.token_hex(32),
            "blind_key": secrets.token_hex(32),
            "link_key": secrets.token_hex(32),
            "allow_private_addresses": True,
        }
    )


@pytest.fixture
async def topic(kafka: str) -> str:
    """A topic of the test's own."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    await ensure_topics(kafka, name)
    return name


@pytest.fixture
async def producer(settings: Settings) -> AsyncIterator[AIOKafkaProducer]:
    opened = await open_producer(settings, "test")
    yield opened
    await opened.stop()


async def _add_partitions(url: str) -> None:
    pool = await open_pool(url, size=1)
    async with pool.connection() as connection:
        await add_partitions(connection, datetime.now(UTC))
    await pool.close()
