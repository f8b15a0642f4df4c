"""Dead letters: each is a person's task until it is put back or the person closes it."""

from hub.store import Pool
from hub.tasks import Cause, TaskDraft, close_tasks, open_tasks

_AT_ONCE = 500

# Each is asked about once: what a person closed by hand stays closed.
_NEW = """
UPDATE dead_letter SET has_task = true
WHERE id IN (SELECT id FROM dead_letter WHERE redriven_at IS NULL AND NOT has_task ORDER BY id LIMIT %b::int FOR UPDATE SKIP LOCKED)
RETURNING id, topic, partition, "offset", reason, paths
"""
_SETTLED = """
SELECT task.about FROM task JOIN dead_letter ON dead_letter.id = CASE task.cause WHEN %(cause)b THEN task.about::bigint END
WHERE task.cause = %(cause)b AND task.closed_at IS NULL AND dead_letter.redriven_at IS NOT NULL LIMIT %(most)b::int
"""


async def watch_dead_letters(pool: Pool) -> int:
    """Open a task for each dead letter that has none, and close those of letters put back. Returns how many were opened."""
    async with pool.connection() as connection, connection.transaction():
        new = await (await connection.execute(_NEW, (_AT_ONCE,))).fetchall()
        await open_tasks(
            connection,
            [
                TaskDraft(
                    Cause.DEAD_LETTER,
                    str(id_),
                    evidence={"topic": topic, "partition": partition, "offset": offset, "reason": reason, "fields": paths},
                )
                for id_, topic, partition, offset, reason, paths in new
            ],
        )
        settled = await (await connection.execute(_SETTLED, {"cause": Cause.DEAD_LETTER.value, "most": _AT_ONCE})).fetchall()
        await close_tasks(connection, [(Cause.DEAD_LETTER, about) for (about,) in settled], "redrive")
    return len(new)
