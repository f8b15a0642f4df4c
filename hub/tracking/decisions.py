"""What the newest plan of a case decided of everybody considered, and by which rule."""

from uuid import UUID

from hub.policy import Decided, decided
from hub.recipients import cited
from hub.store import Connection

_NEWEST = "SELECT register, decisions FROM plan WHERE case_id = %b ORDER BY version DESC LIMIT 1"


async def decisions(connection: Connection, case_id: UUID) -> list[Decided]:
    """By recipient; none where the case is not planned yet."""
    row = await (await connection.execute(_NEWEST, (case_id,))).fetchone()
    if row is None:
        return []
    register, plan = row
    terms = await cited(connection, {(register, one["rule"]) for one in plan if one["decision"] == "allowed"})
    found = (decided(one, terms.get((register, one["rule"]))) for one in plan)
    return sorted(found, key=lambda one: one.recipient)
