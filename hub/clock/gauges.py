"""Sets the gauges, from tallies, queues and lanes: never from a scan of the deliveries."""

import math
from datetime import UTC, datetime

from hub.observe import metrics
from hub.store import Connection, Pool
from hub.tasks import Cause
from schemas.delivery import State
from schemas.ids import time_of

_AT_MOST = 100_000

_STATES = "SELECT state, sum(count) FROM tally GROUP BY state"
_LANES = """
SELECT recipient, sum(coalesce(tally.count, 0))::bigint, max(breaker), bool_or(paused IS NOT NULL)
FROM lane LEFT JOIN tally ON tally.lane = lane.id AND tally.state = %b
GROUP BY recipient
"""
# The first entry of the open index for each lane, state and priority that has any: a probe each.
_OLDEST = """
SELECT lane.recipient, oldest.id
FROM tally JOIN lane ON lane.id = tally.lane
CROSS JOIN generate_series(0, 2) AS urgency (priority)
CROSS JOIN LATERAL (
  SELECT d.id FROM delivery d
  WHERE d.lane = tally.lane AND d.state = tally.state AND d.priority = urgency.priority AND d.state < 10
  ORDER BY d.id LIMIT 1
) AS oldest
WHERE tally.count > 0 AND tally.state = ANY(%b::smallint[])
"""
_OUTBOX = """
SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT %(most)b) AS counted),
       (SELECT extract(epoch FROM now() - recorded_at) FROM outbox ORDER BY id LIMIT 1),
       (SELECT count(*) FROM (SELECT FROM news LIMIT %(most)b) AS counted),
       (SELECT count(*) FROM (SELECT FROM cases WHERE plan_due LIMIT %(most)b) AS counted),
       (SELECT count(*) FROM (SELECT FROM dead_letter WHERE redriven_at IS NULL LIMIT %(most)b) AS counted)
"""
_BREACH = "SELECT extract(epoch FROM min(due_at) - now())::float8 / 3600 FROM task WHERE closed_at IS NULL AND cause = %b"
_TASKS = "SELECT cause, count(*) FROM task WHERE closed_at IS NULL GROUP BY cause"

_UNDELIVERED = [int(state) for state in (State.QUEUED, State.SENDING, State.FAILED)]


async def set_gauges(pool: Pool) -> None:
    """Read everything on one connection and set the gauges of this process."""
    async with pool.connection() as connection:
        await _states(connection)
        await _recipients(connection)
        await _queues(connection)
        await _tasks(connection)


async def _states(connection: Connection) -> None:
    counts: dict[int, int] = dict(await (await connection.execute(_STATES)).fetchall())
    for state in State:
        metrics.deliveries.labels(state.word).set(counts.get(int(state), 0))


async def _recipients(connection: Connection) -> None:
    lanes = await (await connection.execute(_LANES, (int(State.QUEUED),))).fetchall()
    oldest: dict[str, datetime] = {}
    for recipient, id_ in await (await connection.execute(_OLDEST, (_UNDELIVERED,))).fetchall():
        oldest[recipient] = min(time_of(id_), oldest.get(recipient, time_of(id_)))
    now = datetime.now(UTC)
    for recipient, queued, breaker, paused in lanes:
        metrics.backlog.labels(recipient).set(queued)
        metrics.breaker_open.labels(recipient).set(1 if breaker else 0)
        metrics.recipient_paused.labels(recipient).set(1 if paused else 0)
        age = now - oldest.get(recipient, now)
        metrics.oldest_undelivered.labels(recipient).set(max(0.0, age.total_seconds()))


async def _queues(connection: Connection) -> None:
    row = await (await connection.execute(_OUTBOX, {"most": _AT_MOST})).fetchone()
    outbox, oldest, news, unplanned, dead = row or (0, None, 0, 0, 0)
    metrics.outbox_waiting.set(outbox)
    metrics.outbox_oldest.set(float(oldest or 0))
    metrics.news_waiting.set(news)
    metrics.unplanned.set(unplanned)
    metrics.dead_letters_waiting.set(dead)


async def _tasks(connection: Connection) -> None:
    counts: dict[str, int] = dict(await (await connection.execute(_TASKS)).fetchall())
    for cause in {cause.value for cause in Cause} | counts.keys():
        metrics.tasks_open.labels(cause).set(counts.get(cause, 0))
    row = await (await connection.execute(_BREACH, (Cause.BREACH_ASSESSMENT.value,))).fetchone()
    metrics.breach_hours_left.set(math.nan if row is None or row[0] is None else row[0])
