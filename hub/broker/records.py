"""A record as a processor sees it, and how it says that one cannot be processed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic, in raw bytes."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = ()


class Unprocessable(Exception):
    """This record will never be processed as it is: a reason code, and the paths of the fields at fault."""

    def __init__(self, reason: str, paths: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.paths = list(paths)
