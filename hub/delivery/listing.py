"""Open deliveries for an operator's eyes: where they stand, since when, and why. Nothing of their content."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.store import Connection
from schemas.delivery import State

_LIST = """
SELECT d.id, lane.recipient, d.version, d.state, d.attempts, d.told, d.reason, d.due_at, d.changed_at, lane.paused, lane.breaker_cause
FROM lane CROSS JOIN LATERAL (
  SELECT * FROM delivery WHERE delivery.lane = lane.id AND state = %(state)b AND state < 10 ORDER BY priority DESC, id LIMIT %(limit)b
) AS d
WHERE %(recipient)b::text IS NULL OR lane.recipient = %(recipient)b::text
ORDER BY d.id LIMIT %(limit)b
"""


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """One delivery that is not done. `lane_waits_for` says why its lane stands still, where it does."""

    delivery: UUID
    recipient: str
    version: int
    state: State
    attempts: int
    told: bool
    reason: str | None
    due_at: datetime
    changed_at: datetime
    lane_waits_for: str | None


async def list_open(connection: Connection, state: State, *, recipient: str | None = None, limit: int = 100) -> list[OpenDelivery]:
    """Deliveries in one of the open states, oldest first."""
    given = {"state": int(state), "recipient": recipient, "limit": limit}
    rows = await (await connection.execute(_LIST, given)).fetchall()
    return [
        OpenDelivery(id_, name, version, State(number), attempts, told, reason, due, changed, paused or cause)
        for id_, name, version, number, attempts, told, reason, due, changed, paused, cause in rows
    ]
