"""What the witness wrote down: one row for each message that reached a recipient."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import orjson


class Mode(StrEnum):
    """How a recipient behaves. Only `UP` and `SLOW` take what they are sent."""

    UP = "up"
    SLOW = "slow"  # takes it, and answers after a while
    REFUSE = "refuse"  # nobody listens, and open connections are reset
    SILENT = "silent"  # reads the request and never answers
    RESET = "reset"  # reads the request, then resets the connection
    GARBAGE = "garbage"  # answers what is not HTTP
    HALF = "half"  # names half of a batch, or breaks off in the middle of its answer to a single one
    ERROR = "error"  # 500
    BUSY = "busy"  # 503 with Retry-After: 1
    REJECT = "reject"  # 422
    GONE = "gone"  # 410

    @property
    def reads(self) -> bool:
        """Whether it has the message in hand, whatever it answers."""
        return self is not Mode.REFUSE


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message, as its recipient saw it. `at` is the machine's monotonic clock, the same in every process."""

    at: float
    recipient: int  # 1…8
    message: str  # the id on the wire
    version: int  # of the case, as the event says
    number: int  # which death of the workload; -1 where the content does not say
    edition: int  # which content of that death
    digest: str  # of the content
    mode: Mode  # how it was answered


def save(path: Path, rows: list[tuple[float, int, str, int, int, int, str, str]]) -> None:
    """Write the witness's rows, one column after the other."""
    path.write_bytes(orjson.dumps(list(zip(*rows, strict=True))))


def load(path: Path) -> list[Arrival]:
    """Every arrival in the order the witness saw them."""
    *plain, modes = orjson.loads(path.read_bytes()) or [[]] * 8
    return [Arrival(*row) for row in zip(*plain, map(Mode, modes), strict=True)]
