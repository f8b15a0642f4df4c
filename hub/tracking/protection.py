"""From whom it is kept where somebody is: a teller who fled and a teller whom they fled from may tell of the same move."""

from uuid import UUID

from hub.cases import protected_by, read_versions
from hub.privacy import Keys
from hub.store import Connection
from schemas import CaseState, CaseStatus

# One teller alone costs no key.
_OTHERS = "SELECT EXISTS (SELECT FROM case_version WHERE case_id = %b AND client <> %b AND NOT parted)"


async def is_kept_from(connection: Connection, keys: Keys, case: UUID, client: str) -> bool:
    """Whether another teller's wish for protection stands: then this one reads of no recipient, since each says where.

    One's own wish opens nothing that another closed: anybody can wish it. Words that were erased may have wished it, and who was
    told because of them is still listed.
    """
    row = await (await connection.execute(_OTHERS, (case, client), binary=True)).fetchone()
    if row is None or not row[0]:
        return False
    versions, readable = await read_versions(connection, keys, case)
    erased = {one.client for one in versions if one not in readable}
    return bool((protected_by(readable) | erased) - {client})


def without_recipients(status: CaseStatus) -> CaseStatus:
    """As it is read by whom that is kept from: how far it is, and nothing that follows from an address."""
    state = CaseState.TELLING if status.state is CaseState.NEEDS_ATTENTION else status.state
    return status.model_copy(update={"recipients_shown": False, "state": state, "deliveries": (), "not_told": (), "notes": ()})
