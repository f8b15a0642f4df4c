"""From whom it is kept where somebody is: a teller who fled and a teller whom they fled from may tell of the same move."""

from uuid import UUID

from hub.cases import protected_by, read_versions
from hub.privacy import Keys
from hub.store import Connection
from schemas import CaseState, CaseStatus
from schemas.standing import OF_PEOPLE

# One teller alone costs no key. Through one portal several people may have told of the case, and who reads it may be any of them.
_TELLERS = """
SELECT count(*) FILTER (WHERE client <> %(client)b) > 0,
  count(*) FILTER (WHERE client = %(client)b) > 1
    AND coalesce((SELECT source_kind = ANY(%(people)b::text[]) FROM client WHERE id = %(client)b), true)
FROM case_version WHERE case_id = %(case)b AND NOT parted
"""
_NOT_SHOWN = ("deliveries", "not_told", "notes", "related")


async def is_kept_from(connection: Connection, keys: Keys, case: UUID, client: str) -> bool:
    """Whether another teller's wish for protection stands: then this one reads of no recipient, since each says where.

    One's own wish opens nothing that another closed: anybody can wish it. Words that were erased may have wished it, and who was
    told because of them is still listed.
    """
    row = await (await connection.execute(_TELLERS, {"client": client, "people": sorted(OF_PEOPLE), "case": case}, binary=True)).fetchone()
    assert row is not None
    has_others, speaks_for_several = row
    if not (has_others or speaks_for_several):
        return False
    versions, readable = await read_versions(connection, keys, case)
    wished = protected_by(readable) | {one.client for one in versions if one not in readable}
    return bool(wished if speaks_for_several else wished - {client})


def without_recipients(status: CaseStatus) -> CaseStatus:
    """As it is read by whom that is kept from: how far it is, and nothing that follows from an address."""
    state = CaseState.TELLING if status.state is CaseState.NEEDS_ATTENTION else status.state
    return status.model_copy(update={"recipients_shown": False, "state": state, **dict.fromkeys(_NOT_SHOWN, ())})
