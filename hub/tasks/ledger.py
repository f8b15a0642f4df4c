"""Opens, closes and lists tasks. One cause about one thing is open once, however often it is found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from hub.store import Connection, reference_of
from hub.tasks.causes import Cause

_OPEN = """
INSERT INTO task (cause, about, case_id, delivery, recipient, evidence, owner, due_at)
SELECT cause, about, case_id, delivery, recipient, evidence::jsonb, owner, due_at
FROM unnest(%b::text[], %b::text[], %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::timestamptz[])
  AS draft (cause, about, case_id, delivery, recipient, evidence, owner, due_at)
ON CONFLICT (cause, about) WHERE closed_at IS NULL DO NOTHING
"""
_CLOSE = """
UPDATE task SET closed_at = now(), closed_by = %b
FROM unnest(%b::text[], %b::text[]) AS settled (cause, about)
WHERE task.cause = settled.cause AND task.about = settled.about AND task.closed_at IS NULL
"""
_CLOSE_ONE = "UPDATE task SET closed_at = now(), closed_by = %b WHERE id = %b AND closed_at IS NULL"
_LIST = f"""
SELECT id, cause, about, case_id, delivery, recipient, evidence, owner, opened_at, due_at, closed_at, closed_by,
  {reference_of("task.case_id")}
FROM task
WHERE id > %b::bigint AND (%b::boolean OR closed_at IS NULL) AND (%b::text IS NULL OR cause = %b::text)
ORDER BY id LIMIT %b::int
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task to open. `about` is the id of the lane, delivery, case or recipient; `evidence` holds codes, ids and
    numbers, never anything personal. Owner and due time are the cause's own where they are not given."""

    cause: Cause
    about: str
    case_id: UUID | None = None
    delivery: UUID | None = None
    recipient: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    owner: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands. Times are aware; `reference` is the first that was given to its case."""

    id: int
    cause: Cause
    about: str
    case_id: UUID | None
    delivery: UUID | None
    recipient: str | None
    evidence: dict[str, Any]
    owner: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    reference: str | None


async def open_tasks(connection: Connection, drafts: Sequence[TaskDraft]) -> None:
    """Open what is not open yet. Belongs in the transaction that finds the cause."""
    if not drafts:
        return
    now = datetime.now(UTC)
    # Sorted, so that two transactions that open the same tasks cannot wait for each other.
    rows = [
        (
            d.cause.value,
            d.about,
            d.case_id,
            d.delivery,
            d.recipient,
            orjson.dumps(dict(d.evidence)).decode(),
            d.owner or d.cause.owner,
            d.due_at or now + d.cause.within,
        )
        for d in sorted(drafts, key=lambda d: (d.cause, d.about))
    ]
    await connection.execute(_OPEN, tuple(map(list, zip(*rows, strict=True))))


async def close_tasks(connection: Connection, settled: Sequence[tuple[Cause, str]], by: str) -> None:
    """Close the open tasks of these (cause, about) pairs; `by` says what settled them."""
    if settled:
        pairs = sorted({(cause.value, about) for cause, about in settled})
        await connection.execute(_CLOSE, (by, [cause for cause, _ in pairs], [about for _, about in pairs]))


async def close_task(connection: Connection, task: int, by: str) -> bool:
    """Close one task by hand; False where it is not open."""
    return (await connection.execute(_CLOSE_ONE, (by, task))).rowcount == 1


async def list_tasks(
    connection: Connection, *, cause: Cause | None = None, closed: bool = False, after: int = 0, limit: int = 200
) -> list[Task]:
    """Tasks in the order they were opened, from behind the id `after`; closed ones too with `closed`."""
    rows = await connection.execute(_LIST, (after, closed, cause and cause.value, cause and cause.value, limit))
    return [Task(row[0], Cause(row[1]), *row[2:]) for row in await rows.fetchall()]
