"""A lane's breaker: opens when its recipient fails, probes, closes when it answers. Its state is in the lane's row,
so that a new owner goes on where the last one stopped."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hub.delivery.operate import pause
from hub.delivery.schedule import RETRY_AFTER
from hub.store import Connection
from hub.tasks import Cause, TaskDraft, close_tasks, open_tasks


@dataclass(slots=True)
class Breaker:
    """`opened_at` is None while closed. Times are aware."""

    opened_at: datetime | None = None
    probe_at: datetime | None = None
    last_probe: UUID | None = None
    failures: int = 0

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None

    def open_for(self, now: datetime) -> timedelta:
        return now - self.opened_at if self.opened_at else timedelta()

    def may_probe(self, now: datetime) -> bool:
        return self.probe_at is not None and now >= self.probe_at


@dataclass(frozen=True, slots=True)
class Probing:
    """Seconds: probe every `quick` until the breaker has been open for `slow_after`, then every `slow`."""

    quick: float
    slow: float
    slow_after: float

    def next_probe(self, breaker: Breaker, now: datetime) -> datetime:
        slow = breaker.open_for(now) >= timedelta(seconds=self.slow_after)
        return now + timedelta(seconds=self.slow if slow else self.quick)


_OPEN = """
UPDATE lane SET breaker = 1, breaker_cause = %b, opened_at = coalesce(opened_at, %b), probe_at = %b, last_probe = %b WHERE id = %b
"""
_CLOSE = """
UPDATE lane SET breaker = 0, breaker_cause = NULL, opened_at = NULL, probe_at = NULL, last_probe = NULL, held_until = NULL WHERE id = %b
"""
# The time the breaker was open does not count, and a backlog ignores its back-off, but not what the recipient asked for.
_MOVE_ON = """
UPDATE delivery SET retry_until = retry_until + %b, due_at = CASE WHEN reason = %b THEN due_at ELSE least(due_at, now()) END
WHERE lane = %b AND state = 1 AND retry_until IS NOT NULL
"""
_HOLD = "UPDATE lane SET held_until = %b WHERE id = %b"


async def save_open(connection: Connection, lane: int, recipient: str, breaker: Breaker, cause: str, *, task: str | None) -> None:
    """Write an open breaker; with `task`, one task for the fault of that endpoint."""
    async with connection.transaction():
        await connection.execute(_OPEN, (cause, breaker.opened_at, breaker.probe_at, breaker.last_probe, lane))
        if task is not None:
            await open_tasks(connection, [TaskDraft(Cause.ENDPOINT_FAULT, task, recipient=recipient, evidence={"cause": cause})])


async def save_closed(connection: Connection, lane: int, endpoint: str, was_open: timedelta) -> None:
    """Write a closed breaker, settle its task, and let what waited in back-off flow at once."""
    async with connection.transaction():
        await connection.execute(_CLOSE, (lane,))
        await connection.execute(_MOVE_ON, (was_open, RETRY_AFTER, lane))
        await close_tasks(connection, [(Cause.ENDPOINT_FAULT, endpoint)], "the recipient answered")


async def save_gone(connection: Connection, recipient: str) -> None:
    """Pause a recipient whose endpoint wants no more, with a task."""
    async with connection.transaction():
        await pause(connection, recipient, "gone")
        await open_tasks(connection, [TaskDraft(Cause.GONE, recipient, recipient=recipient)])


async def save_hold(connection: Connection, lane: int, seconds: float) -> None:
    """Write the recipient's own `Retry-After`: nothing goes to it before."""
    await connection.execute(_HOLD, (datetime.now(UTC) + timedelta(seconds=seconds), lane))
