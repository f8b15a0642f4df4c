"""Wake-ups: records of `deliveries.<connector>` that say which deliveries are due. They carry ids alone.

A lane's wake-ups are on the partition of its number; a record speaks of any number of lanes. Value, for each of them:
the lane (4 bytes, big endian), a byte for urgency (1: cancellations or retractions), the number of deliveries (2 bytes),
and their ids, 16 bytes each. There is no key.
"""

from collections.abc import Iterable, Sequence
from struct import Struct, error
from typing import NamedTuple
from uuid import UUID

from hub.broker.records import Record, Unprocessable

_HEAD = Struct(">IBH")
_ID = 16
MOST_IDS = 4_000  # of one record, which so stays well below what a broker takes


class Wake(NamedTuple):
    """What is due in one lane."""

    lane: int
    urgent: bool
    ids: Sequence[UUID]


def wake_partition(lane: int, partitions: int) -> int:
    return lane % partitions


def encode_wakes(wakes: Iterable[Wake]) -> bytes:
    """At most `MOST_IDS` ids together."""
    return b"".join(_HEAD.pack(lane, urgent, len(ids)) + b"".join([id_.bytes for id_ in ids]) for lane, urgent, ids in wakes)


def decode_wakes(record: Record) -> list[Wake]:
    """Raises `Unprocessable`."""
    value, wakes, at = record.value or b"", [], 0
    while at < len(value):
        try:
            lane, urgent, count = _HEAD.unpack_from(value, at)
        except error:
            raise Unprocessable("not-a-wake-up", ["value"]) from None
        start, at = at + _HEAD.size, at + _HEAD.size + count * _ID
        if at > len(value) or urgent > 1 or count > MOST_IDS:
            raise Unprocessable("not-a-wake-up", ["value"])
        wakes.append(Wake(lane, bool(urgent), [UUID(bytes=value[here : here + _ID]) for here in range(start, at, _ID)]))
    return wakes
