"""Wake-ups: records of `deliveries.<connector>` that say which deliveries of a lane are due. They carry ids alone.

Key: the lane's number in decimal digits. Value: a byte for urgency (1: a cancellation or retraction is among them),
then the deliveries' ids, 16 bytes each.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from hub.broker.records import Record, Unprocessable

_ID = 16
_MOST_IDS = 4_000  # a record stays well below what a broker takes


def wake_key(lane: int) -> bytes:
    return b"%d" % lane


def encode_wake(ids: Iterable[UUID], *, urgent: bool) -> bytes:
    return (b"\1" if urgent else b"\0") + b"".join([id_.bytes for id_ in ids])


def decode_wake(record: Record) -> tuple[int, Sequence[UUID], bool]:
    """The lane, the ids and whether they are urgent. Raises `Unprocessable`."""
    key, value = record.key or b"", record.value or b""
    if not key.isdigit() or len(key) > 9 or len(value) % _ID != 1 or len(value) > _MOST_IDS * _ID + 1:
        raise Unprocessable("not-a-wake-up", ["key", "value"])
    ids = [UUID(bytes=value[start : start + _ID]) for start in range(1, len(value), _ID)]
    return int(key), ids, value[:1] == b"\1"
