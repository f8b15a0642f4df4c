"""What reached the recipients, written down as it comes. Tests believe this and nothing the hub says."""

import asyncio
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message at one recipient, whatever it answered."""

    at: float  # seconds of the system's clock
    recipient: str
    message: str  # the id on the wire
    subject: str
    type: str
    caseversion: int
    digest: str  # of the whole event
    batch: str | None  # the batch's id where it came in one
    signed: bool  # with one of the live keys; a topic's are not
    wire: str  # how the recipient behaved then
    repeated: bool  # this id was here before
    stale: bool  # a newer version of the case was here before


class Witness:
    """Arrivals in order, in memory and, line by line as JSON, in `file`. Contents are kept where `keep` says so, apart."""

    def __init__(self, file: Path | None = None, *, keep: bool = False) -> None:
        self.arrivals: list[Arrival] = []
        self.contents: dict[str, dict[str, Any]] = {}
        self._keep = keep
        self._file = file
        self._written = 0
        self._flush: asyncio.TimerHandle | None = None
        self._ids: set[tuple[str, str]] = set()
        self._newest: dict[tuple[str, str, str], int] = {}

    def note(self, at: float, recipient: str, event: dict[str, Any], *, batch: str | None, signed: bool, wire: str) -> Arrival:
        """Write down one event. Raises `KeyError`, `TypeError` or `IndexError` where it is not one of the hub's."""
        message, version = event["id"], int(event["caseversion"])
        case = (recipient, event["subject"], event["type"].split(".")[2])
        newest = self._newest.get(case, 0)
        if version > newest:
            self._newest[case] = version
        arrival = Arrival(
            at,
            recipient,
            message,
            event["subject"],
            event["type"],
            version,
            blake2b(orjson.dumps(event), digest_size=16).hexdigest(),
            batch,
            signed,
            wire,
            (recipient, message) in self._ids,
            version < newest,
        )
        self._ids.add((recipient, message))
        self.arrivals.append(arrival)
        if self._keep:
            self.contents[message] = event
        if self._file is not None and self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(0.05, self.write)
        return arrival

    def write(self) -> None:
        """Bring the file up to date."""
        self._flush = None
        if self._file is not None and self._written < len(self.arrivals):
            fresh, self._written = self.arrivals[self._written :], len(self.arrivals)
            with self._file.open("ab") as file:
                file.writelines(orjson.dumps(asdict(arrival)) + b"\n" for arrival in fresh)
