"""What went wrong, as a sentence that says what to do. Everything else is logged, and its place is named."""

import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import PurePath
from traceback import extract_tb

from rich.console import Console

from hub.cli.typed import as_typed
from hub.local import Home, HomeInUse, JarRefused, ServerFailed

_BROKER_GONE = {"KafkaConnectionError", "NoBrokersAvailable", "KafkaTimeoutError", "BrokerNotAvailableError", "RequestTimedOutError"}
_SERVER = re.compile(r'server at "(?P<host>[^"]+)"(?: \([^)]*\))?, port (?P<port>\d+)')
_DATABASES = ("TUO_DATABASE_URL", "TUO_KEYSTORE_URL")
_BROKER = "TUO_KAFKA_BOOTSTRAP"
NO_HUB = "No hub runs in this folder. `tuo up` starts one."


class Plain(Exception):
    """A fault a person can put right; the text says how."""


def report(error: BaseException) -> int:
    """Tell the person at the terminal about `error`; the exit code."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    sentence = explain(error) or f"Something unexpected happened ({type(error).__qualname__}). Where it did is in {_write_down(error)}"
    console.print("tuo:", style="bold red", end=" ")
    console.print(as_typed(sentence), markup=False)
    return 1


def explain(error: BaseException) -> str | None:
    """The sentence for `error`, or None for what nobody expected."""
    for cause in _causes(error):
        if sentence := _explain(cause):
            return sentence
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    elif error.__cause__ is not None:
        yield from _causes(error.__cause__)


def _explain(error: BaseException) -> str | None:
    if isinstance(error, Plain | HomeInUse | JarRefused | ServerFailed):
        return str(error)
    kind, room = type(error).__name__, type(error).__module__.split(".")[0]
    if room in ("psycopg", "psycopg_pool"):
        return _of_database(kind, str(error))
    if room in ("kafka", "aiokafka") and kind in _BROKER_GONE:
        return f"Kafka does not answer. {_remedy(_BROKER)}"
    if room.startswith("pydantic") and kind == "ValidationError" and getattr(error, "title", "") == "Settings":
        return _of_settings(error)
    if kind == "WrongMasterKey":
        return (
            "TUO_MASTER_KEY is not the one that this installation's keys were made under. Nothing was done: put the right one in its place."
        )
    if isinstance(error, OSError):
        return _of_system(error)
    return None


def _of_database(kind: str, text: str) -> str | None:
    found = _SERVER.search(text)
    where = f"The database at {found['host']}:{found['port']}" if found else "The database"
    if "password authentication failed" in text or "no password supplied" in text:
        return f"{where} does not take this password. Put the right one into TUO_DATABASE_URL and TUO_KEYSTORE_URL."
    if named := re.search(r'database "([^"]+)" does not exist', text):
        return f"{where} has no database {named[1]}. Make it (createdb {named[1]}), then `tuo run migrate`."
    if kind in ("UndefinedTable", "UndefinedColumn"):
        return f"{where} has tables of another version of the hub. `tuo run migrate` brings them up to date."
    if kind in ("OperationalError", "ConnectionTimeout", "PoolTimeout", "AdminShutdown", "CannotConnectNow"):
        return f"{where} does not answer. {_remedy(*_DATABASES)}" if _given(*_DATABASES) or Home().addresses.exists() else NO_HUB
    return None


def no_kafka(bootstrap: str) -> Plain:
    """The fault of a Kafka that is not at the address given."""
    return Plain(f"Kafka does not answer at {bootstrap}. {_remedy(_BROKER)}")


def _remedy(*variables: str) -> str:
    """A server whose address was given is somebody's own; any other comes and goes with `tuo up`."""
    if given := _given(*variables):
        return f"Is it running, and is the address in {' and '.join(given)} right?"
    return "Is the hub running? `tuo up` starts it."


def _given(*variables: str) -> list[str]:
    return [variable for variable in variables if variable in os.environ or f"{variable}_FILE" in os.environ]


def _of_settings(error: BaseException) -> str:
    """Which variable, and what is wrong with it; its value, which may be a secret, is not repeated."""
    faults = error.errors(include_input=False, include_url=False)  # type: ignore[attr-defined]
    return "; ".join(f"TUO_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg'].removeprefix('Value error, ')}" for fault in faults)


def _of_system(error: OSError) -> str | None:
    if isinstance(error, PermissionError | FileNotFoundError | IsADirectoryError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    if error.errno == 98 or "address already in use" in str(error).lower():
        return "A port the hub needs is taken. Stop who has it, or choose another: tuo up --port 9400"
    if error.errno == 28:
        return "The disk is full. Make room; nothing accepted so far is lost."
    return None


def _write_down(error: BaseException) -> PurePath:
    """Types and places only: the text of an exception may quote a row or a body. That of a defect names code."""
    home = Home()
    home.prepare()
    path = home.logs / "tuo.log"
    with path.open("a") as file:
        print(f"{datetime.now(UTC).isoformat()} tuo {' '.join(sys.argv[1:2])}", file=file)
        for cause in _causes(error):
            said = f": {cause}" if isinstance(cause, ImportError | AttributeError | NameError) else ""
            print(f"{type(cause).__module__}.{type(cause).__qualname__}{said}", file=file)
            for frame in extract_tb(cause.__traceback__):
                print(f"  {frame.filename}:{frame.lineno} in {frame.name}", file=file)
    return path
