"""Agreements that end with nothing to follow them: a task for the partner desk, in time."""

from datetime import date

from hub.observe import metrics
from hub.recipients import Ending, Register, endings
from hub.store import Pool
from hub.tasks import Cause, TaskDraft, close_tasks, open_tasks
from schemas.days import begins, today

_OPEN = "SELECT about FROM task WHERE cause = %b AND closed_at IS NULL"


async def watch_endings(pool: Pool, register: Register, on: date | None = None) -> None:
    """Open a task for each agreement that ends within thirty days and that nothing follows; close those of agreements that another
    follows by now, or that end later."""
    if not register.version:
        return
    found = endings(register, on or today())
    metrics.agreements_ending.set(len(found))
    names = {one.agreement.name for one in found}
    async with pool.connection() as connection, connection.transaction():
        await open_tasks(connection, [_draft(one) for one in found])
        rows = await (await connection.execute(_OPEN, (Cause.AGREEMENT_ENDING.value,))).fetchall()
        settled = [(Cause.AGREEMENT_ENDING, about) for (about,) in rows if about not in names]
        await close_tasks(connection, settled, "register")


def _draft(one: Ending) -> TaskDraft:
    agreement = one.agreement
    evidence = {"agreement": agreement.name, "kind": agreement.kind, "ends": one.ends.isoformat()}
    due = begins(one.ends)
    return TaskDraft(Cause.AGREEMENT_ENDING, agreement.name, recipient=agreement.recipient, evidence=evidence, due_at=due)
