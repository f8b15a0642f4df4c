"""Ids: computed, time-ordered, and silent about people.

A delivery's id is the time of its case version (48 bits of milliseconds, as in UUIDv7, RFC 9562) and a hash of
(case, version, recipient): planning twice computes the same ids and writes nothing twice.
"""

import hashlib
import os
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, SafeUUID

_set = object.__setattr__
_UNKNOWN = SafeUUID.unknown
_VERSION_8 = 0x8 << 76
_VARIANT = 0b10 << 62
_MESSAGE = re.compile(r"msg_([0-9a-f]{32})_([1-9][0-9]{0,3})")
_TAIL = (1 << 80) - 1 & ~((0xF << 76) | (0b11 << 62))


def _begun(milliseconds: int) -> int:
    """An id of that time without its tail."""
    return (milliseconds << 80) | _VERSION_8 | _VARIANT


def _ended(begun: int, tail: bytes) -> UUID:
    # What `UUID(int=...)` does after checks of what cannot be otherwise here; one is made for every delivery.
    made = object.__new__(UUID)
    _set(made, "int", begun | int.from_bytes(tail, "big") & _TAIL)
    _set(made, "is_safe", _UNKNOWN)
    return made


def new_id(at: datetime | None = None) -> UUID:
    """A fresh time-ordered id; `at` (aware) sets its time, else now."""
    milliseconds = int(at.timestamp() * 1000) if at else time.time_ns() // 1_000_000
    return _ended(_begun(milliseconds), os.urandom(10))


def delivery_id(recorded_at: datetime, case_id: UUID, version: int, recipient: str) -> UUID:
    """The id of the delivery of one case version to one recipient. `recorded_at` is the version's own time."""
    return delivery_ids(recorded_at, case_id, version)(recipient)


def delivery_ids(recorded_at: datetime, case_id: UUID, version: int) -> Callable[[str], UUID]:
    """The same for many recipients of one case version: what their ids share is computed once."""
    begun = _begun(int(recorded_at.timestamp() * 1000))
    shared = hashlib.blake2b(b"%s|%d|" % (case_id.bytes, version), digest_size=10)

    def id_for(recipient: str) -> UUID:
        hashed = shared.copy()
        hashed.update(recipient.encode())
        return _ended(begun, hashed.digest())

    return id_for


def time_of(id_: UUID) -> datetime:
    """The time an id carries (millisecond precision, UTC)."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)


def bound_at(at: datetime) -> UUID:
    """The lowest id of a moment: a partition bound."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def message_id(delivery: UUID, number: int) -> str:
    """The id on the wire: `msg_<32 hex digits>_<number>` (Standard Webhooks forbids full stops in it)."""
    return f"msg_{delivery.int:032x}_{number}"


def parse_message_id(text: str) -> tuple[UUID, int] | None:
    """The delivery and number a message id names, or None where it is not one, to the letter: what is sealed is bound to it."""
    found = _MESSAGE.fullmatch(text)
    return (UUID(hex=found[1]), int(found[2])) if found else None
