"""How each recipient's lanes stand: paused, behind an open breaker, how much waits."""

from dataclasses import dataclass

from hub.recipients.entries import URGENT_LANE
from hub.store import Connection

# From tallies, never from a scan of deliveries; the clock folds the deltas every second.
_STANDING = """
SELECT lane.recipient, min(lane.connector) FILTER (WHERE lane.split < %b),
  min(lane.paused), bool_or(lane.breaker = 1), min(lane.breaker_cause),
  coalesce(sum(tally.count) FILTER (WHERE tally.state IN (1, 2)), 0)::bigint,
  coalesce(sum(tally.count) FILTER (WHERE tally.state = 0), 0)::bigint,
  coalesce(sum(tally.count) FILTER (WHERE tally.state = 5), 0)::bigint
FROM lane LEFT JOIN tally ON tally.lane = lane.id
GROUP BY lane.recipient ORDER BY lane.recipient
"""


@dataclass(frozen=True, slots=True)
class LaneStanding:
    """All lanes of one recipient together. `waiting` counts what is queued or in flight."""

    recipient: str
    connector: str
    paused: str | None
    breaker_open: bool
    breaker_cause: str | None
    waiting: int
    held: int
    failed: int


async def list_standing(connection: Connection) -> list[LaneStanding]:
    """Every recipient that has a lane, also one that left the register since."""
    rows = await (await connection.execute(_STANDING, (URGENT_LANE,))).fetchall()
    return [LaneStanding(*row) for row in rows]
