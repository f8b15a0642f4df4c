"""Limits on what comes in: how fast, and how deeply nested."""

import math
import time

_OPENING = b"{["
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))
_CLIENTS = 10_000
_MOST_BRACKETS = 60_000  # a few milliseconds' work; five times what a full batch has


class Rate:
    """A token bucket for each client, holding one second's worth. A batch larger than the rate goes into debt."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, client: str, per_second: int, count: int = 1) -> int:
        """0 where `count` may pass now, else the seconds to wait."""
        now = time.monotonic()
        tokens, at = self._buckets.get(client, (float(per_second), now))
        tokens = min(per_second, tokens + (now - at) * per_second)
        if tokens < 1:
            self._buckets[client] = (tokens, now)
            return math.ceil((1 - tokens) / per_second)
        if len(self._buckets) >= _CLIENTS:
            self._buckets.clear()
        self._buckets[client] = (tokens - count, now)
        return 0


def is_too_deep(raw: bytes, depth: int) -> bool:
    """Whether JSON is nested deeper than `depth`, or has more brackets than any notification or batch.

    Brackets inside texts are counted too: they pair off in any text a person writes. Whoever places them to hide a
    deeper nesting meets the parser's own limit.
    """
    brackets = raw.translate(None, _ALL_BUT_BRACKETS)
    if len(brackets) > _MOST_BRACKETS:
        return True
    now = 0
    for bracket in brackets:
        if bracket in _OPENING:
            now += 1
            if now > depth:
                return True
        else:
            now -= 1
    return False
