"""Records what arrived: new cases as one statement, everything else item by item under the case's lock."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from psycopg.errors import DeadlockDetected, UniqueViolation

from hub.cases.arrival import Arrival, Draft, Recorded, Refusal, draft_of
from hub.cases.echoes import Doubted
from hub.cases.finding import Found, find_case
from hub.cases.joining import Overtaken, join_case
from hub.cases.opening import open_cases
from hub.cases.proposals import propose_disagreement
from hub.cases.repeats import is_marked, repeats
from hub.kinds import BUILT_IN, Kinds
from hub.privacy import Blind, Keys
from hub.store import Pool

_TRIES = 8

Answer = Recorded | Refusal


class Contended(Exception):
    """Others recorded the same so often in between that it was given up: nothing is recorded, the caller may repeat."""


async def record(pool: Pool, keys: Keys, blind: Blind, arrivals: Sequence[Arrival], kinds: Kinds = BUILT_IN) -> list[Answer]:
    """Record each arrival, committed when this returns; one answer each, in order. One harms no other. `kinds` are those it was read by.

    Raises `psycopg.Error` or `psycopg_pool.PoolTimeout` where a database is away: what was not answered may be repeated.
    """
    drafts = [draft_of(arrival, kinds, blind) for arrival in arrivals]
    sound = [draft for draft in drafts if isinstance(draft, Draft)]
    answers = await _record(pool, keys, sound)
    return [answers[draft.notification] if isinstance(draft, Draft) else draft for draft in drafts]


async def _record(pool: Pool, keys: Keys, drafts: list[Draft]) -> dict[UUID, Answer]:
    first, later = _apart(drafts)
    answers: dict[UUID, Answer] = {}
    if first and not await _open(pool, keys, first, answers):
        # Some are known. Answer those that only repeat, open the rest once more without those whose marks are known.
        async with pool.connection() as connection:
            answers |= await repeats(connection, first)
            marked = await is_marked(connection, [draft for draft in first if draft.notification not in answers])
        rest = [draft for draft in first if draft.notification not in answers]
        new = [draft for draft in rest if draft.notification not in marked]
        if new and len(new) < len(first):
            await _open(pool, keys, new, answers)
        later = [draft for draft in drafts if draft.notification not in answers]
    for draft in later:
        answers[draft.notification] = await _record_one(pool, keys, draft)
    return answers


async def _open(pool: Pool, keys: Keys, drafts: Sequence[Draft], answers: dict[UUID, Answer]) -> bool:
    fresh = await keys.fresh(len(drafts))
    try:
        async with pool.connection() as connection:
            opened = await open_cases(connection, drafts, fresh, datetime.now(UTC))
    except (UniqueViolation, DeadlockDetected):
        return False
    answers.update((recorded.notification, recorded) for recorded in opened)
    return True


async def _record_one(pool: Pool, keys: Keys, draft: Draft) -> Answer:
    (key,) = await keys.fresh(1)
    for _ in range(_TRIES):
        try:
            async with pool.connection() as connection, connection.transaction():
                repeated = await repeats(connection, [draft])
                if repeated:
                    return repeated[draft.notification]
                found = await find_case(connection, keys, draft)
                if isinstance(found, Refusal):
                    return found
                now = datetime.now(UTC)
                if isinstance(found, Found):
                    return await join_case(connection, keys, draft, found, key, now)
                (opened,) = await open_cases(connection, [draft], [key], now)
                if isinstance(found, Doubted):
                    await propose_disagreement(connection, opened.case_id, [found.case])
                return opened
        except (Overtaken, UniqueViolation, DeadlockDetected):
            continue
    raise Contended


def _apart(drafts: Sequence[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Those that share no key with an earlier one of the batch, and those that do or that name what they correct: they see it
    only once it is there. A recipient's own news may be what it was told."""
    seen: set[object] = set()
    first: list[Draft] = []
    later: list[Draft] = []
    for draft in drafts:
        marks: list[object] = [(draft.client, key) for key in draft.keys]
        marks += (*draft.marks.certain, *draft.marks.alike)
        (first if draft.corrects is None and draft.recipient is None and seen.isdisjoint(marks) else later).append(draft)
        seen.update(marks)
    return first, later
