"""Answers that could not be taken, as dead letters: a recipient may have written of a person, so what it wrote is sealed."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from hub.broker import REDRIVEN, Record, Unprocessable, bury, redrives_of
from hub.privacy import DataKey, Keys, SealBroken, key_id_of
from hub.store import Connection
from schemas import LARGEST_ACKNOWLEDGEMENT, parse_message_id

# Under the message's own key: what is said of a case goes with the case.
_KEY = "SELECT data_key FROM message WHERE delivery = %b AND number = %b"
_SEAL = b"\x01"  # JSON never begins so


async def bury_answer(connection: Connection, keys: Keys, record: Record, topic_id: UUID, fault: Unprocessable) -> None:
    """Bury a record with its value sealed, if it has the size of an answer, and nothing else of it that is not the hub's own."""
    address = parse_message_id((record.key or b"").decode("ascii", "replace"))
    key = await _key(connection, keys, address)
    value = record.value if record.value is None or len(record.value) <= LARGEST_ACKNOWLEDGEMENT else None
    sealed = _sealed(key, value, record) if key is not None and value is not None else None
    redrives = redrives_of(record)
    headers = [(REDRIVEN, b"%d" % redrives)] if redrives else []
    kept = replace(record, key=record.key if address else None, value=sealed, headers=headers)
    await bury(connection, kept, topic_id, fault.reason, fault.paths)


async def unsealed(keys: Keys, records: Sequence[Record]) -> list[Record]:
    """`records` with those opened that were put back from dead letters. One whose key is destroyed is left out."""
    if not any(_is_sealed(record) for record in records):
        return list(records)
    opened = await keys.get({key_id_of(record.value or b"") for record in records if _is_sealed(record)})
    return [found for record in records if (found := _open(opened, record)) is not None]


async def _key(connection: Connection, keys: Keys, address: tuple[UUID, int] | None) -> DataKey | None:
    """The key to seal under; None where the case it is about was erased: then nothing is kept."""
    row = await (await connection.execute(_KEY, address)).fetchone() if address else None
    if row is None:
        return (await keys.fresh(1))[0]
    return (await keys.get({row[0]})).get(row[0])


def _sealed(key: DataKey, value: bytes, record: Record) -> bytes | None:
    """None where the key does not unwrap: under another, an erasure of the case would miss it."""
    try:
        return key.seal(value, _place(record))
    except SealBroken:
        return None


def _is_sealed(record: Record) -> bool:
    if record.value is None or record.value[:1] != _SEAL or all(name != REDRIVEN for name, _ in record.headers):
        return False
    try:
        return key_id_of(record.value) > 0
    except SealBroken:
        return False


def _open(keys: dict[int, DataKey], record: Record) -> Record | None:
    if not _is_sealed(record) or record.value is None:
        return record
    key = keys.get(key_id_of(record.value))
    if key is None:
        return None
    try:
        return replace(record, value=key.open(record.value, _place(record)))
    except SealBroken:
        return record  # not of the hub's making: it is no answer either


def _place(record: Record) -> bytes:
    return b"dead-letter:" + record.topic.encode()
