"""Settling: a batch of verdicts into the ledger, with the attempt log, tallies, news and tasks, in one transaction."""

from collections.abc import Sequence
from uuid import UUID

from connectors.contract import OUTCOME_CODES, Outcome
from hub.delivery.parts import Settlement
from hub.store import Change, Connection, record_changes
from hub.tasks import Cause, TaskDraft, close_tasks, open_tasks
from schemas.delivery import State

# A claim is settled once, by whoever holds its token; an answer that came first, or a lease that ended, has taken it.
# What goes back to the queue while a newer version has become the truth is superseded instead.
_SETTLE = """
UPDATE delivery d
SET claim = NULL, told = verdict.told, due_at = verdict.due_at, retry_until = verdict.retry_until, attempts = verdict.attempts,
    reason = verdict.reason, changed_at = now(),
    state = CASE WHEN verdict.state = 1 AND EXISTS (SELECT FROM cases WHERE cases.id = d.case_id AND cases.effective <> d.version)
            THEN 24 ELSE verdict.state END
FROM unnest(%(ids)b::uuid[], %(claims)b::uuid[], %(states)b::smallint[], %(told)b::boolean[], %(due)b::timestamptz[],
            %(until)b::timestamptz[], %(attempts)b::smallint[], %(reasons)b::text[])
  AS verdict (id, claim, state, told, due_at, retry_until, attempts, reason)
WHERE d.id = verdict.id AND d.id BETWEEN %(low)b AND %(high)b AND d.claim = verdict.claim AND d.state = 2
RETURNING d.id, d.state
"""
# The ordinary ending, with nothing to say but that it went well.
_ACCEPT = """
UPDATE delivery d SET claim = NULL, reason = NULL, changed_at = now(), state = 10
FROM unnest(%(ids)b::uuid[], %(claims)b::uuid[]) AS settled (id, claim)
WHERE d.id = settled.id AND d.id BETWEEN %(low)b AND %(high)b AND d.claim = settled.claim AND d.state = 2
RETURNING d.id, d.state
"""
_ATTEMPTS = """
INSERT INTO attempt (delivery, number, message, at, took_ms, outcome, status, cause, worker)
SELECT tried.*, %b::text FROM unnest(%b::uuid[], %b::smallint[], %b::smallint[], %b::timestamptz[], %b::int[], %b::smallint[],
                                     %b::int[], %b::text[]) AS tried
"""
_PLACE = """
INSERT INTO placement (delivery, message, lane, topic, topic_id, partition, "offset", placed_at)
SELECT * FROM unnest(%b::uuid[], %b::smallint[], %b::int[], %b::text[], %b::text[], %b::int[], %b::bigint[], %b::timestamptz[])
ON CONFLICT (delivery, message) DO UPDATE
SET topic = excluded.topic, topic_id = excluded.topic_id, partition = excluded.partition, "offset" = excluded."offset",
    placed_at = excluded.placed_at, collected_at = NULL
"""


async def settle(connection: Connection, worker: str, settlements: Sequence[Settlement]) -> None:
    """Write what became of `settlements`; may be repeated without harm. Rows are taken in the order of their ids, as by
    everybody who takes several."""
    settlements = sorted(settlements, key=lambda s: s.claimed.delivery.int)
    accepted = [s for s in settlements if s.verdict.state is State.ACCEPTED]
    others = [s for s in settlements if s.verdict.state is not State.ACCEPTED]
    tried = [s for s in settlements if s.outcome is not None]
    async with connection.pipeline(), connection.transaction():
        cursors = []
        if accepted:
            cursors.append(await connection.execute(_ACCEPT, _keys(accepted), binary=True))
        if others:
            cursors.append(await connection.execute(_SETTLE, _keys(others) | _verdicts(others), binary=True))
        if tried:
            await connection.execute(_ATTEMPTS, (worker, *_attempts(tried)))
        states: dict[UUID, State] = {}
        for cursor in cursors:
            states |= {id_: State(state) for id_, state in await cursor.fetchall()}
        done = [s for s in settlements if s.claimed.delivery in states]
        if done:
            await record_changes(connection, [_change(s, states[s.claimed.delivery]) for s in done], max(s.at for s in done))
        await _place(connection, [s for s in done if states[s.claimed.delivery] is State.PLACED])
        await _tasks(connection, [s for s in done if states[s.claimed.delivery] is State.FAILED], accepted)
        await _nobody_knew(connection, [s for s in done if states[s.claimed.delivery] is State.CANCELLED])


def _keys(settlements: Sequence[Settlement]) -> dict[str, object]:
    ids = [s.claimed.delivery for s in settlements]
    return {"ids": ids, "claims": [s.claimed.claim for s in settlements], "low": min(ids), "high": max(ids)}


def _verdicts(settlements: Sequence[Settlement]) -> dict[str, object]:
    return {
        "states": [int(s.verdict.state) for s in settlements],
        "told": [s.verdict.told for s in settlements],
        "due": [s.verdict.due_at for s in settlements],
        "until": [s.verdict.retry_until for s in settlements],
        "attempts": [s.verdict.attempts for s in settlements],
        "reasons": [s.verdict.reason for s in settlements],
    }


def _attempts(settlements: Sequence[Settlement]) -> tuple[list[object], ...]:
    rows = [
        (s.claimed.delivery, s.claimed.attempts, s.claimed.message, s.at, s.took_ms, _code(s.outcome), _of(s, "status"), _of(s, "cause"))
        for s in settlements
    ]
    return tuple(map(list, zip(*rows, strict=True)))


def _code(outcome: Outcome | None) -> int:
    return OUTCOME_CODES[type(outcome)]


def _of(settlement: Settlement, name: str) -> object:
    return getattr(settlement.outcome, name, None)


def _change(settlement: Settlement, state: State) -> Change:
    claimed = settlement.claimed
    cause = settlement.verdict.reason if state is not State.SUPERSEDED else None
    return Change(claimed.delivery, claimed.case_id, settlement.recipient, claimed.lane, claimed.version, State.SENDING, state, cause)


async def _place(connection: Connection, placed: Sequence[Settlement]) -> None:
    rows = [
        (s.claimed.delivery, s.claimed.message, s.claimed.lane, *(_of(s, n) for n in ("topic", "topic_id", "partition", "offset")), s.at)
        for s in placed
    ]
    if rows:
        await connection.execute(_PLACE, tuple(map(list, zip(*rows, strict=True))))


async def _tasks(connection: Connection, failed: Sequence[Settlement], accepted: Sequence[Settlement]) -> None:
    await open_tasks(
        connection,
        [
            TaskDraft(
                Cause.FAILED,
                str(s.claimed.delivery),
                s.claimed.case_id,
                s.claimed.delivery,
                s.recipient,
                {"cause": s.verdict.reason, "attempts": s.claimed.attempts},
            )
            for s in failed
        ],
    )
    repaired = [(Cause.FAILED, str(s.claimed.delivery)) for s in accepted if s.claimed.attempts > 1]
    await close_tasks(connection, repaired, "delivered")


async def _nobody_knew(connection: Connection, fallen: Sequence[Settlement]) -> None:
    """A retraction that fell away, since its recipient was told nothing, leaves nothing to be put right there."""
    await close_tasks(connection, [(Cause.TOLD_NOT_SO, str(s.claimed.delivery)) for s in fallen], "never told")
