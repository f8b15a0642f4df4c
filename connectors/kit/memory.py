"""What a recipient remembers, so that a message that comes twice is applied once and an older version never undoes a newer."""

import sqlite3
import threading
import time
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

_KEEP = 100 * 86_400  # seconds; the hub repeats a message within days

_TABLES = """
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS newest (subject TEXT, kind TEXT, version INTEGER NOT NULL, PRIMARY KEY (subject, kind)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unanswered (id TEXT PRIMARY KEY);
"""
_REMEMBER = """
INSERT INTO newest VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = max(version, excluded.version)
"""


class Known(StrEnum):
    """How a message stands to what came before."""

    NEW = "new"
    REPEATED = "repeated"  # the same id: it was taken already
    STALE = "stale"  # a newer version of the same case was taken already


class Memory:
    """Ids and versions only, nothing about a person. In a file it survives a restart."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.executescript(_TABLES)
        self._db.execute("DELETE FROM seen WHERE at < ?", (time.time() - _KEEP,))

    def judge(self, event: Mapping[str, Any]) -> Known:
        """`event` is a CloudEvent of the hub: its `id`, `subject`, `type` and `caseversion` are read."""
        with self._lock:
            if self._db.execute("SELECT 1 FROM seen WHERE id = ?", (event["id"],)).fetchone():
                return Known.REPEATED
            newest = self._db.execute("SELECT version FROM newest WHERE subject = ? AND kind = ?", _case(event)).fetchone()
        return Known.STALE if newest and newest[0] > event["caseversion"] else Known.NEW

    def remember(self, event: Mapping[str, Any], *, unanswered: bool = False) -> None:
        """Call it when the event has been applied and not before. `unanswered`: the hub is to be told of it afterwards."""
        with self._lock:
            self._db.execute("BEGIN")
            if unanswered:
                self._db.execute("INSERT OR IGNORE INTO unanswered VALUES (?)", (event["id"],))
            self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (event["id"], time.time()))
            self._db.execute(_REMEMBER, (*_case(event), event["caseversion"]))
            self._db.execute("COMMIT")

    def unanswered(self) -> list[str]:
        """The ids of which the hub is to be told, oldest first."""
        with self._lock:
            return [id_ for (id_,) in self._db.execute("SELECT id FROM unanswered ORDER BY rowid")]

    def forget_unanswered(self, message: str) -> None:
        """The hub has been told of it."""
        with self._lock:
            self._db.execute("DELETE FROM unanswered WHERE id = ?", (message,))

    def close(self) -> None:
        self._db.close()


def _case(event: Mapping[str, Any]) -> tuple[str, str]:
    """The subject as this recipient knows it, and the kind: `uk.tellusonce.<kind>.<notified|…>.v1`."""
    return str(event["subject"]), str(event["type"]).split(".")[2]
