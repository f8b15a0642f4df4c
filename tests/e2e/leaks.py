"""Looks for planted names and numbers wherever the hub leaves anything behind, in every form they could have taken."""

import base64
import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from urllib.parse import quote, quote_plus

import httpx
import psycopg
from psycopg import sql

from tests.e2e.kafka_records import records, topics
from tests.e2e.scene import Scene

# The one exception to the seal: what lies on a recipient's own topic is for it to read.
OWN_TOPIC = "recipient."

# A partition's rows are read with its table's.
_COLUMNS = """
SELECT c.table_schema, c.table_name, c.column_name, c.data_type = 'bytea'
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema') AND c.column_name <> 'sealed'
  AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = format('%I.%I', table_schema, table_name)::regclass)
"""
_BETWEEN = b"\x00\x00\x00"
_HASHES = ("md5", "sha1", "sha256", "blake2b")
_BEGINNING = 6  # bytes; nothing planted is shorter

Places = Mapping[str, bytes]


def seen(places: Places, values: Iterable[str]) -> list[str]:
    """Where any of `values` stands, and in which form: the values themselves are not repeated."""
    wanted: dict[bytes, set[tuple[str, bytes]]] = {}
    for value in values:
        for form, mark in _forms(value):
            wanted.setdefault(mark[:_BEGINNING], set()).add((form, mark))
    found = set()
    for where, content in places.items():
        found |= {f"{where}: {form}" for form in _found(content, wanted) if form.startswith("base64")}
        found |= {f"{where}: {form}" for form in _found(content.lower(), wanted) if not form.startswith("base64")}
    return sorted(found)


def _found(content: bytes, wanted: Mapping[bytes, set[tuple[str, bytes]]]) -> Iterator[str]:
    """The forms that stand in `content`, in one pass over it however many are wanted."""
    for at in range(len(content) - _BEGINNING + 1):
        for form, mark in wanted.get(content[at : at + _BEGINNING], ()):
            if content.startswith(mark, at):
                yield form


@cache
def _forms(value: str) -> list[tuple[str, bytes]]:
    """The spellings of a value. All but base64 are compared in lower case, so that capitals hide nothing."""
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", value.casefold())))
    forms = [("as it is", value.lower().encode()), ("bare", plain.encode())]
    for text in {value, value.lower(), value.upper(), plain, plain.upper()}:
        raw = text.encode()
        forms += [("hex", raw.hex().encode()), ("url", quote(text).lower().encode()), ("url", quote_plus(text).lower().encode())]
        forms += [(f"hash {name}", hashlib.new(name, raw, usedforsecurity=False).hexdigest().encode()) for name in _HASHES]
        for shift in range(3):
            # What stands within a longer text: without the ends, which its neighbours change.
            inner = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")[(0, 2, 3)[shift] : -1]
            forms += [("base64", inner), ("base64", inner.replace(b"+", b"-").replace(b"/", b"_"))]
    return forms


def logs(scene: Scene) -> dict[str, bytes]:
    """What every process said."""
    return {f"log {path.name}": path.read_bytes() for path in scene.hub.home.folder.rglob("*.log*") if path.parent == scene.hub.home.logs}


def tables(scene: Scene) -> dict[str, bytes]:
    """Every column outside the seal of every table of both databases, whatever tables there are."""
    settings = scene.hub.settings()
    found = {}
    for store, url in (("ledger", settings.database_url), ("keys", settings.keystore_url)):
        with psycopg.connect(url) as connection:
            for schema, table, column, is_bytes in connection.execute(_COLUMNS).fetchall():
                name = sql.Identifier(column)
                what = name if is_bytes else sql.SQL("{}::text").format(name)
                rows = connection.execute(sql.SQL("SELECT {} FROM {}").format(what, sql.Identifier(schema, table))).fetchall()
                cells = [cell if isinstance(cell, bytes) else str(cell).encode() for (cell,) in rows if cell is not None]
                found[f"{store} {table}.{column}"] = _BETWEEN.join(cells)
    return found


def on_kafka(scene: Scene) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Names, keys, headers and values of all topics; apart from them the values on recipients' own."""
    bootstrap = scene.hub.settings().kafka_bootstrap
    names = sorted(topics(bootstrap))
    parts: dict[str, list[bytes]] = {"topic names": [name.encode() for name in names]}
    for record in records(bootstrap, *names):
        headers = [part for name, value in record.headers for part in (name.encode(), value or b"")]
        for part, content in (("keys", [record.key]), ("headers", headers), ("values", [record.value])):
            parts.setdefault(f"{record.topic} {part}", []).extend(one for one in content if one)
    joined = {where: _BETWEEN.join(content) for where, content in parts.items()}
    own = {where: content for where, content in joined.items() if where.startswith(OWN_TOPIC) and where.endswith(" values")}
    return {where: content for where, content in joined.items() if where not in own}, own


def shown(scene: Scene) -> dict[str, bytes]:
    """What the hub shows to those who are not the teller's own system: metrics, errors, the status pages."""
    found = {f"metrics of {role}": httpx.get(f"{url}/metrics", trust_env=False).content for role, url in scene.hub.urls.items()}
    return found | {"errors of the API": _BETWEEN.join(scene.errors), "status pages": _BETWEEN.join(scene.pages)}
