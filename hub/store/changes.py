"""What every change of a delivery's state leaves behind in its own transaction: a tally and news of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from hub.store.pool import Connection
from schemas.delivery import State

STATUS_TOPIC = "delivery-status"

_TALLY = "INSERT INTO tally_delta (lane, state, change) SELECT * FROM unnest(%b::int[], %b::smallint[], %b::int[])"
_NEWS = "INSERT INTO news (topic, events) VALUES (%b, %b)"


class Change(NamedTuple):
    """One delivery going from one state to another."""

    delivery: UUID
    case_id: UUID
    recipient: str
    lane: int
    version: int
    before: State
    after: State
    cause: str | None = None


def status_event(change: Change, at: datetime) -> dict[str, Any]:
    """The `delivery-status` event of a change: codes and times, nothing personal."""
    return {
        "id": f"{change.delivery.hex}-{int(change.after)}-{int(at.timestamp() * 1000)}",
        "case": change.case_id,
        "version": change.version,
        "delivery": change.delivery,
        "recipient": change.recipient,
        "from": change.before.word,
        "state": change.after.word,
        "cause": change.cause,
        "at": at,
    }


async def record_changes(
    connection: Connection,
    changes: Sequence[Change],
    at: datetime,
    planned: Iterable[dict[str, Any]] = (),
    begun: Mapping[tuple[int, int], int] | None = None,
) -> None:
    """Append the tally and the news of `changes`; call it inside the transaction that makes them. `begun` is how many
    deliveries are new, by lane and state.

    A delivery's first state and `sending` make no event of their own: `planned` carries one event a case version.
    """
    tally = Counter(begun)
    for change in changes:
        tally[change.lane, int(change.after)] += 1
        tally[change.lane, int(change.before)] -= 1
    touched = [(lane, state, count) for (lane, state), count in tally.items() if count]
    if touched:
        await connection.execute(_TALLY, tuple(map(list, zip(*touched, strict=True))))
    events = [*planned, *(status_event(c, at) for c in changes if c.after is not State.SENDING)]
    if events:
        await connection.execute(_NEWS, (STATUS_TOPIC, orjson.dumps(events)))
