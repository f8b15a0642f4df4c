"""The hub on one machine: which processes, in which order, with which addresses."""

import http.client
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from rich.console import Console

from hub.cli.faults import Plain, no_kafka
from hub.cli.run import ROLES, check_secrets
from hub.cli.stores import bring_up_to_date, count_recipients, load_recipients
from hub.cli.typed import as_typed
from hub.local import KEYS, LEDGER, Child, Command, Home, Kafka, Postgres, Supervisor, free_port, is_free, one_answers
from hub.recipients import Register

_EVERY = 10  # of Kafka's files, a line where there is no terminal


@dataclass(frozen=True, slots=True)
class Place:
    """Where one role shows metrics and health."""

    role: str
    url: str


@dataclass(frozen=True, slots=True)
class Started:
    """Where the API is, and where each role is looked at; the register of the recipients' folder, where it is in order."""

    api: str
    places: list[Place]
    register: Register | None


class Installation:
    """Starts what a home needs: its own PostgreSQL and Kafka unless the environment names others, then every role."""

    def __init__(self, home: Home, console: Console, port: int | None = None) -> None:
        self._home = home
        self._console = console
        self._settings = home.settings()
        self._given = self._settings.model_fields_set
        self._port = self._settings.port if port is None else port
        self._status = console.status("")

    def start(self, supervisor: Supervisor) -> Started:
        """Start everything in order; what there is when all is ready. Raises `Plain`, `ServerFailed`, `JarRefused`."""
        check_secrets(self._settings)
        if ("database_url" in self._given) != ("keystore_url" in self._given):
            raise Plain("With a PostgreSQL of your own give both TUO_DATABASE_URL and TUO_KEYSTORE_URL: ledger and keys are kept apart.")
        port, looks = self._ports()
        postgres = None if "database_url" in self._given else Postgres(self._home.folder / "postgres")
        kafka = None if "kafka_bootstrap" in self._given else Kafka(self._home.folder / "kafka")
        if kafka is not None:
            with self._timed("Kafka's files"):
                kafka.prepare(partial(self._show_fetching, supervisor))
        elif not one_answers(self._settings.kafka_bootstrap):
            raise no_kafka(self._settings.kafka_bootstrap)
        with self._timed("PostgreSQL, its tables"):
            servers = self._start_servers(supervisor, postgres, kafka)
            supervisor.await_ready(*servers[:1])
            self._write_addresses(port, postgres, kafka)
            bring_up_to_date(self._home.settings())
        register = self._load_recipients()
        with self._timed("Kafka"):
            supervisor.await_ready(*servers)
        with self._timed("the hub's processes"):
            return Started(_url(self._settings.host, port), self._start_roles(supervisor, port, looks), register)

    def _ports(self) -> tuple[int, dict[str, int]]:
        """The API's port, and one to look at each role, the next free ones; all of them any where it is 0."""
        host, looking = self._settings.host, self._settings.observe_host
        if self._port and not is_free(self._port, host):
            raise Plain(f"Port {self._port} is taken. Stop who has it, or choose another: tuo up --port {self._port + 1000}")
        looks: dict[str, int] = {}
        candidate = self._settings.observe_port or self._port + 1
        for role in ROLES:
            while self._port and (candidate == self._port or not is_free(candidate, looking)):
                candidate += 1
            looks[role] = candidate if self._port else free_port()
            candidate += 1
        return self._port or free_port(), looks

    def _start_servers(self, supervisor: Supervisor, postgres: Postgres | None, kafka: Kafka | None) -> list[Child]:
        """Those of the two that are ours, PostgreSQL first; it is ready much sooner, and is filled while Kafka starts."""
        if postgres is not None:
            postgres.prepare()
        servers = [Child(server.name, server.command(), server.is_ready) for server in (postgres, kafka) if server is not None]
        for server in servers:
            supervisor.start(server)
        return servers

    def _write_addresses(self, port: int, postgres: Postgres | None, kafka: Kafka | None) -> None:
        host = self._settings.host
        variables = {"TUO_PORT": str(port), "TUO_HOST": host}
        if "public_url" not in self._given:
            variables["TUO_PUBLIC_URL"] = _url(host, port)
        if postgres is not None:
            variables["TUO_DATABASE_URL"] = postgres.create(LEDGER)
            variables["TUO_KEYSTORE_URL"] = postgres.create(KEYS)
        if kafka is not None:
            variables["TUO_KAFKA_BOOTSTRAP"] = kafka.bootstrap
        self._home.write_addresses(variables)

    def _load_recipients(self) -> Register | None:
        """What is loaded stays where the files have faults: the hub runs on, and says so."""
        settings = self._home.settings()
        register = fault = None
        try:
            register = load_recipients(settings)
        except Plain as error:
            fault = error
            self._warn(str(fault))
        known = count_recipients(settings) if register is None else len(register.recipients)
        if not known:
            self._warn(f"Nobody is told: there are no recipients. Once {settings.recipients_dir} has some, in order: tuo recipients load")
        elif fault is not None:
            self._warn(f"The register stays as it was: {known} recipients.")
        else:
            self._console.print(f"[green]✓[/] {known} recipients")
        return register

    def _warn(self, text: str) -> None:
        self._console.print(f"! {as_typed(text)}", style="yellow", markup=False)

    def _start_roles(self, supervisor: Supervisor, port: int, looks: Mapping[str, int]) -> list[Place]:
        at = self._settings.observe_host
        children = [Child(role, self._command(role, port, look), partial(_is_ready, at, look)) for role, look in looks.items()]
        supervisor.start(*children)
        supervisor.await_ready(*children)
        return [Place(role, _url(at, look)) for role, look in looks.items()]

    def _command(self, role: str, port: int, look: int) -> Command:
        return Command(
            argv=(sys.executable, "-m", "hub.cli", "run", role),
            environment={"TUO_HOME": str(self._home.folder), "TUO_PORT": str(port), "TUO_OBSERVE_PORT": str(look)},
            patience=10.0,
        )

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        self._status.update(f"{what} …")
        with self._status:
            yield
        self._console.print(f"[green]✓[/] {what}, {time.perf_counter() - began:.1f} s")

    def _show_fetching(self, supervisor: Supervisor, done: int, total: int) -> None:
        supervisor.heed()
        text = f"Fetching Kafka: {done} of {total} files …" if done < total else "Making Kafka quick to start (once) …"
        self._status.update(text)
        if not self._console.is_terminal and (done % _EVERY == 0 or done == total):
            self._console.print(text)


def _url(host: str, port: int) -> str:
    return f"http://{_reachable(host)}:{port}"


def _reachable(host: str) -> str:
    """An address to look at a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)


def _is_ready(host: str, port: int) -> bool:
    """Whether the process behind `port` says it is ready."""
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=3)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
