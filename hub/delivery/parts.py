"""What passes between the parts of the engine. Named tuples: made by the thousand a second, they cost a quarter of a frozen dataclass."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from connectors.contract import Endpoint, Outcome
from schemas.delivery import Notice, State


class Claimed(NamedTuple):
    """A delivery that this worker may send now, as the claim left it; `attempts` counts this one."""

    delivery: UUID
    lane: int
    subject: UUID
    case_id: UUID
    version: int
    notice: Notice
    message: int
    attempts: int
    was_told: bool
    retry_until: datetime | None
    data_key: int
    sealed: bytes
    claim: UUID


class Verdict(NamedTuple):
    """What becomes of a claimed delivery."""

    state: State
    told: bool
    due_at: datetime
    retry_until: datetime | None
    attempts: int
    reason: str | None = None


class Settlement(NamedTuple):
    """A claimed delivery with its outcome (None: given back before anything was written) and its verdict."""

    claimed: Claimed
    recipient: str
    connector: str
    outcome: Outcome | None
    verdict: Verdict
    at: datetime
    took_ms: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """How a recipient is reached: its endpoint, requests at a time, deliveries a second (None: as fast as it takes them)."""

    endpoint: Endpoint
    connector: str
    concurrency: int
    per_second: float | None
