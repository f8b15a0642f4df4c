"""Records that aiokafka cannot decode, told as such instead of an error that every reader meets again at the same place.

Legal on the wire, and raised on in the middle of a fetch: a header's name that is not UTF-8, and a compression for which
no library is installed. A batch is one producer's, so what is given up of it is the writer's own.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import UnsupportedCodecError
from aiokafka.record.default_records import DefaultRecord

from hub.broker.records import Record, Unprocessable

# The only thing in a record that stands for an unreadable one.
_MARK = "tuo-unreadable"


def refuse_unreadable(records: Sequence[Record]) -> None:
    """Raises `Unprocessable` where one of `records` stands for one that could not be read."""
    if any(name == _MARK for record in records for name, _ in record.headers):
        raise Unprocessable("unreadable")


class _Batch:
    """A batch; from the first record that cannot be read on, each is a stand-in at its offset."""

    def __init__(self, batch: Any) -> None:
        self._batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        offset = self._batch.base_offset
        try:
            for record in self._batch:
                yield record
                offset = record.offset + 1
        except (UnicodeDecodeError, UnsupportedCodecError):
            for missing in range(offset, self._batch.next_offset):
                yield DefaultRecord(missing, 0, 0, None, None, [(_MARK, b"")])


class _Batches:
    def __init__(self, batches: Any) -> None:
        self._batches = batches

    def has_next(self) -> bool:
        return bool(self._batches.has_next())

    def next_batch(self) -> Any:
        batch = self._batches.next_batch()
        return batch if batch.is_control_batch else _Batch(batch)


class _PartitionRecords(fetcher.PartitionRecords):  # type: ignore[misc]
    def __init__(self, place: Any, batches: Any, *others: Any) -> None:
        super().__init__(place, _Batches(batches), *others)


# aiokafka has no hook for this; Faust reads through the same fetcher.
fetcher.PartitionRecords = _PartitionRecords
