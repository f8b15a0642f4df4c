"""Near a death nothing is told that offers or reminds: what was planned before it is planned again, and what is unsent waits
while the death is somebody's word, and is recalled from when it is certified."""

from collections.abc import Sequence
from uuid import UUID

from hub.cases import mourning, tied_by, ties_of
from hub.kinds import GRIEVING
from hub.planning.case import DueCase
from hub.privacy import Blind
from hub.recipients import Register
from hub.store import Connection, ask_for_planning
from schemas import Standing


async def look_for_deaths(connection: Connection, blind: Blind, register: Register, cases: Sequence[DueCase]) -> None:
    """Mark those of `cases` near which somebody died, and have planned again what the deaths among them are near to.

    Deaths are recorded before they are planned, so either the other case sees the death or the death's plan sees the other.
    """
    gentle = register.kinds_that_offer
    if not gentle:
        return
    asked: list[tuple[bytes, UUID]] = []
    news: list[tuple[bytes, UUID]] = []
    for case in cases:
        # A death offers nothing itself, however sure it is.
        case.mourns = Standing.REGISTERED if case.kind.mourning else None
        offers = case.kind.name in gentle and case.mourns is None
        # A version planned before has told the others; they would tell each other without end.
        speaks = not case.is_replan and any(tie.role in GRIEVING for tie in case.kind.ties)
        if offers or speaks:
            keys = ties_of(case.content, case.kind, blind)
            asked += [(key, case.id) for key in keys if offers]
            news += [(key, case.id) for key, role in keys.items() if speaks and role in GRIEVING]
    near = await mourning(connection, asked)
    for case in cases:
        case.mourns = case.mourns or near.get(case.id)
    if others := await tied_by(connection, news, gentle):
        # Two planners at deaths of one family may meet crosswise: PostgreSQL then undoes one, which is repeated.
        await ask_for_planning(connection, others)
