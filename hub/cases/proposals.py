"""Two cases that may be one: proposed once for each pair, for a person to decide."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from hub.store import Connection, Pool
from hub.tasks import Cause, TaskDraft, close_tasks, open_tasks

_REMARK = """
INSERT INTO likeness (key, case_id) SELECT key, %b FROM unnest(%b::bytea[]) AS key ON CONFLICT DO NOTHING
"""
_ALIKE = """
SELECT DISTINCT coalesce(c.merged_into, c.id) FROM likeness l JOIN cases c ON c.id = l.case_id
WHERE l.key = ANY(%b::bytea[]) AND coalesce(c.merged_into, c.id) <> %b
"""
_PROPOSE = """
INSERT INTO proposed_match (case_a, case_b, cause)
SELECT least(other, %(case)b::uuid), greatest(other, %(case)b::uuid), %(cause)b::text
FROM unnest(%(others)b::uuid[]) AS other ORDER BY 1, 2
ON CONFLICT (case_a, case_b) DO UPDATE SET cause = excluded.cause
WHERE proposed_match.decision IS NULL AND proposed_match.cause = 'looks-alike' AND excluded.cause = 'keys-disagree'
RETURNING case_a, case_b
"""
_DECIDE = """
INSERT INTO proposed_match (case_a, case_b, cause, decision, decided_at, decided_by)
VALUES (least(%(a)b::uuid, %(b)b::uuid), greatest(%(a)b::uuid, %(b)b::uuid), 'by-hand', %(decision)b, %(now)b, %(by)b)
ON CONFLICT (case_a, case_b) DO UPDATE
SET decision = excluded.decision, decided_at = excluded.decided_at, decided_by = excluded.decided_by
"""
# Whole keys, in their order: a page ends between two.
_PAGE = "SELECT key, count(*) FROM likeness WHERE key > %b::bytea GROUP BY key ORDER BY key LIMIT %b::int"
_MISSED = """
SELECT DISTINCT least(a.id, b.id), greatest(a.id, b.id)
FROM unnest(%b::bytea[]) AS shared (key)
CROSS JOIN LATERAL (
  SELECT coalesce(c.merged_into, c.id) AS id FROM likeness l JOIN cases c ON c.id = l.case_id
  WHERE l.key = shared.key AND c.erased_at IS NULL) AS a
CROSS JOIN LATERAL (
  SELECT coalesce(c.merged_into, c.id) AS id FROM likeness l JOIN cases c ON c.id = l.case_id
  WHERE l.key = shared.key AND c.erased_at IS NULL) AS b
WHERE a.id < b.id AND NOT EXISTS (SELECT FROM proposed_match WHERE case_a = a.id AND case_b = b.id)
LIMIT %b::int
"""


def pair_of(case_a: UUID, case_b: UUID) -> str:
    """How a task names two cases."""
    return " ".join(map(str, sorted((case_a, case_b))))


async def propose_alike(connection: Connection, case_id: UUID, of: UUID, likenesses: Iterable[bytes]) -> None:
    """Remember what `of` looks like, which is the case or part of it, and propose those that look the same."""
    keys = sorted(likenesses)
    await connection.execute(_REMARK, (of, keys))
    rows = await (await connection.execute(_ALIKE, (keys, case_id), binary=True)).fetchall()
    await _propose(connection, case_id, [other for (other,) in rows], Cause.MATCH_PROPOSED, "looks-alike")


async def propose_disagreement(connection: Connection, case_id: UUID, others: Sequence[UUID]) -> None:
    """Propose the other cases that one notification's keys point to; what was only alike so far is raised to that."""
    raised = await _propose(connection, case_id, others, Cause.KEYS_DISAGREE, "keys-disagree")
    await close_tasks(connection, [(Cause.MATCH_PROPOSED, pair) for pair in raised], Cause.KEYS_DISAGREE.value)


async def decide(connection: Connection, a: UUID, b: UUID, decision: str, by: str, now: datetime) -> None:
    """Note what a person decided of two cases: `merged` or `kept-apart`. They are not proposed again."""
    await connection.execute(_DECIDE, {"a": a, "b": b, "decision": decision, "now": now, "by": by})
    pair = pair_of(a, b)
    await close_tasks(connection, [(Cause.MATCH_PROPOSED, pair), (Cause.KEYS_DISAGREE, pair)], by)


async def propose_missed(pool: Pool, after: bytes, most: int = 20_000, at_once: int = 500) -> tuple[bytes, int]:
    """Propose cases that look alike and were recorded at the same instant, so that neither could see the other.

    Looks at the next `most` likenesses behind the key `after`; at most `at_once` pairs are found at a time, the others when
    it is asked again. Returns where to go on (empty: from the beginning) and how many were proposed.
    """
    async with pool.connection() as connection, connection.transaction():
        page = await (await connection.execute(_PAGE, (after, most), binary=True)).fetchall()
        shared = [bytes(key) for key, cases in page if cases > 1]
        pairs = await (await connection.execute(_MISSED, (shared, at_once), binary=True)).fetchall() if shared else []
        for a, b in sorted(pairs):
            await _propose(connection, b, [a], Cause.MATCH_PROPOSED, "looks-alike")
    if len(pairs) == at_once:
        return after, len(pairs)
    return bytes(page[-1][0]) if len(page) == most else b"", len(pairs)


async def _propose(connection: Connection, case_id: UUID, others: Sequence[UUID], cause: Cause, why: str) -> list[str]:
    if not others:
        return []
    given = {"case": case_id, "others": list(others), "cause": why}
    rows = await (await connection.execute(_PROPOSE, given, binary=True)).fetchall()
    await open_tasks(connection, [TaskDraft(cause, pair_of(a, b), case_id) for a, b in rows])
    return [pair_of(a, b) for a, b in rows]
