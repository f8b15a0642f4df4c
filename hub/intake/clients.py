"""Who may tell the hub something: systems, each with a key, a kind of source that bounds what it may claim, and a rate."""

import hashlib
import math
import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime

from psycopg.errors import UniqueViolation

from hub.intake.problems import unidentified
from hub.store import Pool
from schemas import SourceKind

# How long a revoked key may still be taken.
CLIENT_CACHE_SECONDS = 3.0

_KEY = re.compile(r"tuo_[A-Za-z0-9_-]{43}")
_STRANGE_KEYS = 10_000  # remembered as unknown

_FIND = "SELECT id, name, source_kind, recipient, per_second, jwks FROM client WHERE key_hash = %b AND active"
_ADD = "INSERT INTO client (id, name, source_kind, recipient, key_hash, per_second, jwks) VALUES (%b, %b, %b, %b, %b, %b, %b)"
_KIND = "SELECT source_kind FROM client WHERE id = %b AND active"
_REVOKE = "UPDATE client SET active = false WHERE id = %b AND active"
_LIST = "SELECT id, name, source_kind, recipient, per_second, active, created_at FROM client WHERE id NOT LIKE 'hub:%%' ORDER BY created_at"


@dataclass(frozen=True, slots=True)
class _System:
    """`recipient` is set where it answers for one; `per_second` bounds its notifications, and its other calls."""

    id: str
    name: str
    source_kind: SourceKind
    recipient: str | None
    per_second: int


@dataclass(frozen=True, slots=True)
class Client(_System):
    """A system that calls. `jwks` has its public keys, where it signs what it sends."""

    jwks: str | None


@dataclass(frozen=True, slots=True)
class ClientEntry(_System):
    """A client as it is listed."""

    active: bool
    created_at: datetime


class ClientExists(Exception):
    """A client of this name is there already."""


class Clients:
    """Finds clients by their keys, remembering each for seconds. Keys of 256 random bits need no slow hash at rest.

    Keys that were never a client's are looked up over `strangers` and remembered apart: however many somebody makes up, who is
    known waits behind none of them. Over `pool` no crowd should go: who is known is looked up again every few seconds.
    """

    def __init__(self, pool: Pool, strangers: Pool) -> None:
        self._pool = pool
        self._strangers = strangers
        self._known: dict[bytes, tuple[float, Client]] = {}
        self._unknown: dict[bytes, float] = {}

    async def identify(self, authorization: str) -> Client:
        """The client behind an `Authorization` header. Raises `Problem` (401) where there is none."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not _KEY.fullmatch(key):
            raise unidentified()
        hashed = hashlib.sha256(key.encode()).digest()
        now = time.monotonic()
        if (client := self._remembered(hashed)) is not None:
            return client
        if self._unknown.get(hashed, 0.0) >= now:
            raise unidentified()
        client = await self._look_up(hashed, self._pool if hashed in self._known else self._strangers)
        if client is None:
            self._forget(hashed, now)
            raise unidentified()
        self._known[hashed] = (now + CLIENT_CACHE_SECONDS, client)
        return client

    def _remembered(self, hashed: bytes) -> Client | None:
        until, client = self._known.get(hashed, (-math.inf, None))
        return client if until >= time.monotonic() else None

    async def _look_up(self, hashed: bytes, pool: Pool) -> Client | None:
        async with pool.connection() as connection:
            if (client := self._remembered(hashed)) is not None:  # another of its calls looked meanwhile
                return client
            row = await (await connection.execute(_FIND, (hashed,))).fetchone()
        return None if row is None else Client(row[0], row[1], SourceKind(row[2]), *row[3:])

    def _forget(self, hashed: bytes, now: float) -> None:
        self._known.pop(hashed, None)
        if len(self._unknown) >= _STRANGE_KEYS:
            self._unknown.clear()
        self._unknown[hashed] = now + CLIENT_CACHE_SECONDS


async def add_client(
    pool: Pool, name: str, source_kind: SourceKind, recipient: str | None = None, per_second: int = 200, jwks: str | None = None
) -> tuple[str, str]:
    """A new client: its id, and its key, which is shown this once. `jwks` has the public keys of one that signs what it sends.

    Raises `ClientExists`, and `ValueError` for a name without letters or figures.
    """
    id_ = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:60]
    if not id_:
        raise ValueError("a client's name has letters or figures")
    key = f"tuo_{secrets.token_urlsafe(32)}"
    hashed = hashlib.sha256(key.encode()).digest()
    async with pool.connection() as connection:
        try:
            await connection.execute(_ADD, (id_, name, source_kind.value, recipient, hashed, per_second, jwks))
        except UniqueViolation:
            raise ClientExists(id_) from None
    return id_, key


async def source_kind_of(pool: Pool, id_: str) -> SourceKind | None:
    """What kind of source a client is; None where it is not known or revoked."""
    async with pool.connection() as connection:
        row = await (await connection.execute(_KIND, (id_,))).fetchone()
    return SourceKind(row[0]) if row else None


async def revoke_client(pool: Pool, id_: str) -> bool:
    """Take no more from a client; False where it is not known or revoked already."""
    async with pool.connection() as connection:
        return (await connection.execute(_REVOKE, (id_,))).rowcount == 1


async def list_clients(pool: Pool) -> list[ClientEntry]:
    """All of them, oldest first, but not the hub itself."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(_LIST)).fetchall()
    return [ClientEntry(row[0], row[1], SourceKind(row[2]), *row[3:]) for row in rows]
