"""Records that are legal on the wire, and that only a hostile or a broken writer sends."""

import asyncio
from collections.abc import Sequence

from kafka import KafkaProducer


class _NotUtf8(str):
    """Goes out as bytes that are no UTF-8."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfe"


async def send_unreadable(bootstrap: str, topic: str, values: Sequence[bytes], unreadable: int) -> None:
    """Send `values` in one batch, of which the one at `unreadable` has a header whose name is not UTF-8."""
    await asyncio.to_thread(_send, bootstrap, topic, values, unreadable)


def _send(bootstrap: str, topic: str, values: Sequence[bytes], unreadable: int) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=10_000)
    for number, value in enumerate(values):
        headers = [(_NotUtf8("x"), b"x")] if number == unreadable else []
        producer.send(topic, value, key=b"k", partition=0, headers=headers)
    producer.flush(20)
    producer.close()
