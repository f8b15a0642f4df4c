"""What `tuo doctor` looks at of an installation. Each check gives one finding, and never an exception."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

import psycopg

from hub.cli.faults import Plain, explain, no_kafka
from hub.cli.finding import Finding, Verdict
from hub.cli.run import check_places, check_secrets, is_untouched
from hub.cli.unknown import unknown_variables
from hub.cli.unset import how_many_unset
from hub.local import Home, environment_of, is_free, one_answers, read_pids
from hub.recipients import Register, read
from hub.settings import Settings

Store = Literal["ledger", "keys"]

_SKEW = 2.0


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
