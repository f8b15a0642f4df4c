"""Brings a database to the schema this version of the hub works with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg

Store = Literal["ledger", "keys"]


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision a database stands at (None: it has no tables yet), and the one this hub needs."""

    found: str | None
    needed: str

    @property
    def is_current(self) -> bool:
        return self.found == self.needed


def schema_state(store: Store, url: str) -> SchemaState:
    """Where the database at `url` stands. Raises `psycopg.OperationalError` where it cannot be reached."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        named = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if named and named[0] else None
    return SchemaState(found=row[0] if row else None, needed=newest(store))


def newest(store: Store) -> str:
    """The newest revision of `store`: version files are named by theirs."""
    return max(path.name.split("_")[0] for path in (Path(__file__).parent / store / "versions").glob("[0-9]*.py"))


def migrate(store: Store, url: str) -> None:
    """Bring the database at `url` to the newest revision; a current one is left as it is."""
    # Imported here: every process of the hub imports this room, and only this needs alembic (half a second, 20 MB).
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / store))
    config.set_main_option("path_separator", "os")
    with create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool).connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
