"""Binary arrays for PostgreSQL, quickly: psycopg's own dumper goes element by element in Python, through two calls each.

Every statement of the hot path takes arrays, so this is worth a hundred lines: measured, 6 columns of 100 rows take a
quarter of the time. Format: PostgreSQL's array_recv (src/backend/utils/adt/arrayfuncs.c). One dimension; elements of one
Python type, or None. Integers always go as bigint, so that a statement is prepared once whatever their size.
"""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from operator import attrgetter, is_
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.abc import Buffer
from psycopg.adapt import PyFormat
from psycopg.types.array import ListBinaryDumper

_HEAD = struct.Struct("!iiIii")  # dimensions, has nulls, element type, length, lower bound
_EMPTY = struct.Struct("!iiI")
_LENGTH = struct.Struct("!i").pack
_NULL = _LENGTH(-1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_is_none = partial(is_, None)
# A UUID is its number; its bytes are a property in Python, and so take three times as long.
_int_of = attrgetter("int")
_SIXTEEN = 16 << 128  # the length before it


def _uuids(items: Sequence[UUID]) -> bytes:
    return b"".join([(_SIXTEEN | number).to_bytes(20, "big") for number in map(_int_of, items)])


def _integers(items: Sequence[int]) -> bytes:
    return struct.pack("!" + "iq" * len(items), *chain.from_iterable((8, item) for item in items))


def _booleans(items: Sequence[bool]) -> bytes:
    return b"".join([b"\0\0\0\1\1" if item else b"\0\0\0\1\0" for item in items])


def _texts(items: Sequence[str]) -> bytes:
    return _variable([item.encode() for item in items])


def _variable(items: Sequence[bytes]) -> bytes:
    return b"".join(chain.from_iterable((_LENGTH(len(item)), item) for item in items))


def _times(items: Sequence[datetime]) -> bytes:
    return _integers([_microseconds(item) for item in items])


def _microseconds(at: datetime) -> int:
    past = at - _EPOCH  # naive datetimes are refused here, with a TypeError
    return (past.days * 86_400 + past.seconds) * 1_000_000 + past.microseconds


# Element type → its object id in PostgreSQL, that of its array, and the encoder.
_KINDS: dict[type, tuple[int, int, Callable[[Sequence[Any]], bytes]]] = {
    bool: (16, 1000, _booleans),
    int: (20, 1016, _integers),
    str: (25, 1009, _texts),
    bytes: (17, 1001, _variable),
    UUID: (2950, 2951, _uuids),
    datetime: (1184, 1185, _times),
}


def _kind(items: Sequence[Any]) -> type | None:
    for item in items:
        if item is not None:
            return next((kind for kind in type(item).__mro__ if kind in _KINDS), None)
    return str


class _ArrayDumper(ListBinaryDumper):
    """Dumps lists whose elements are of a known kind; leaves others to psycopg's own."""

    _element = 0
    _encode: Callable[[Sequence[Any]], bytes] | None = None

    def get_key(self, obj: list[Any], format: PyFormat) -> Any:
        kind = _kind(obj)
        return super().get_key(obj, format) if kind is None else (self.cls, kind)

    def upgrade(self, obj: list[Any], format: PyFormat) -> Any:
        kind = _kind(obj)
        if kind is None:
            return super().upgrade(obj, format)
        dumper = type(self)(self.cls, self._tx)
        dumper._element, dumper.oid, dumper._encode = _KINDS[kind]
        return dumper

    def dump(self, obj: list[Any]) -> Buffer | None:
        encode = self._encode
        if encode is None:
            return super().dump(obj)
        if not obj:
            return _EMPTY.pack(0, 0, self._element)
        nulls = any(map(_is_none, obj))  # `in` asks each element whether it equals None: of a UUID that is a call in Python
        body = b"".join(_NULL if item is None else encode((item,)) for item in obj) if nulls else encode(obj)
        return _HEAD.pack(1, nulls, self._element, len(obj), 1) + body


def register_arrays(connection: AsyncConnection[Any]) -> None:
    """Make a connection dump lists this way wherever a statement asks for binary (`%b`)."""
    connection.adapters.register_dumper(list, _ArrayDumper)
