"""Limits on what comes in: how fast, how deeply nested, and how much in one."""

import math
import time
from typing import Any

from hub.problems import too_fast

_OPENING = b"{["
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_CLIENTS = 10_000
MOST_NESTED = 30_000  # a few milliseconds' work; five times what a full batch has
MOST_VALUES = 1_000  # twice what the fullest notification has


class Rate:
    """A token bucket for each client, holding one second's worth."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, client: str, per_second: int) -> None:
        """Let one pass. Raises `Problem` (429) with the seconds to wait where none may now."""
        now = time.monotonic()
        tokens, at = self._buckets.get(client, (float(per_second), now))
        tokens = min(per_second, tokens + (now - at) * per_second)
        if tokens < 1:
            self._buckets[client] = (tokens, now)
            raise too_fast(math.ceil((1 - tokens) / per_second))
        if len(self._buckets) >= _CLIENTS:
            self._buckets.clear()
        self._buckets[client] = (tokens - 1, now)

    def owe(self, client: str, count: int) -> None:
        """Charge for so many more that came with the one taken: a batch larger than the rate goes into debt."""
        tokens, at = self._buckets.get(client, (0.0, time.monotonic()))
        self._buckets[client] = (tokens - count, at)


def has_too_many_nested(raw: bytes) -> bool:
    """Whether JSON has more objects and lists than any notification or batch: each opens and closes a bracket."""
    return sum(raw.count(bracket) for bracket in (b"{", b"}", b"[", b"]")) > 2 * MOST_NESTED


def is_too_deep(raw: bytes, depth: int) -> bool:
    """Whether JSON is nested deeper than `depth`; to be asked where there are not too many brackets.

    Brackets inside texts are counted too: they pair off in any text a person writes. Whoever places them to hide a
    deeper nesting meets the parser's own limit.
    """
    now = 0
    for bracket in raw.translate(None, _ALL_BUT_BRACKETS):
        if bracket in _OPENING:
            now += 1
            if now > depth:
                return True
        else:
            now -= 1
    return False


def has_too_many_values(raw: bytes) -> bool:
    """Whether the JSON of one notification has more members and items than any: a comma stands before each but the first.

    Commas inside texts are counted too: nobody writes that many.
    """
    return raw.count(b",") > MOST_VALUES


def holds_too_many_values(item: Any) -> bool:
    """The same of one that is part of a batch, and read from JSON already."""
    count, rest = 0, [item]
    while rest and count <= MOST_VALUES:
        value = rest.pop()
        if isinstance(value, dict):
            count += len(value)
            rest += value.values()
        elif isinstance(value, list):
            count += len(value)
            rest += value
    return count > MOST_VALUES
