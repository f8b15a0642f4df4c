"""Puts a register into the ledger, versioned, and reads the newest back."""

from hub.recipients.entries import URGENT_LANE
from hub.recipients.register import Recipient, Register
from hub.store import Connection, ask_for_planning

# Two processes that load at once take turns; the number is arbitrary.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7021964)"
_NEWEST = "SELECT version, digest, content -> 'kinds' FROM register ORDER BY version DESC LIMIT 1"
_HAS_CASES = "SELECT kind FROM unnest(%b::text[]) AS kind WHERE EXISTS (SELECT FROM cases WHERE cases.kind = kind.kind)"
_READ = "SELECT version, content FROM register WHERE version > %b ORDER BY version DESC LIMIT 1"
_OF_VERSION = "SELECT content FROM register WHERE version = %b"
_INSERT = "INSERT INTO register (digest, content) VALUES (%b, %b::text::jsonb) RETURNING version"
# A recipient that changes its connector keeps its lanes: what waits goes the new way.
_LANES = """
INSERT INTO lane (recipient, split, connector) SELECT * FROM unnest(%b::text[], %b::smallint[], %b::text[])
ON CONFLICT (recipient, split) DO UPDATE SET connector = excluded.connector WHERE lane.connector <> excluded.connector
"""
# What waits in the urgent lane of a recipient that has no urgent way any more goes the ordinary one.
_NOT_URGENT_NOW = """
UPDATE lane SET connector = one.connector FROM unnest(%b::text[], %b::text[]) AS one (recipient, connector)
WHERE lane.recipient = one.recipient AND lane.split = %b AND lane.connector <> one.connector
"""

# Cases that some service could not be told of for want of a recipient, and recipients held for want of an agreement:
# the new register may have them.
_UNROUTABLE = "SELECT DISTINCT case_id FROM task WHERE cause = 'unroutable' AND closed_at IS NULL AND case_id IS NOT NULL"
_AGREED_NOW = """
UPDATE task SET closed_at = now(), closed_by = 'register'
WHERE cause = 'no-agreement' AND closed_at IS NULL AND recipient = ANY(%b::text[])
"""


class KindInUse(Exception):
    """A register leaves out kinds of its own of which there are cases: the text names them and says what to do."""


async def load(connection: Connection, register: Register) -> int:
    """Make `register` the current one and return its version; the same entries again make no new version.

    Lanes are made for recipients that have none. Under a new register everything unroutable is planned again; what is
    held or waits the clock finds, which watches for the register's version. Raises `KindInUse`, and changes nothing then.
    """
    async with connection.transaction():
        await connection.execute(_ONE_AT_A_TIME)
        newest = await (await connection.execute(_NEWEST)).fetchone()
        if newest is not None and bytes(newest[1]) == register.digest:
            version = int(newest[0])
        else:
            if in_use := await kinds_in_use(connection, register):
                raise KindInUse(f"There are cases of {', '.join(in_use)}, which the folder has no more: put its files into kinds/ again.")
            row = await (await connection.execute(_INSERT, (register.digest, register.content.decode()))).fetchone()
            assert row is not None
            version = int(row[0])
            unroutable = await (await connection.execute(_UNROUTABLE)).fetchall()
            await ask_for_planning(connection, [case for (case,) in unroutable])
            await connection.execute(_AGREED_NOW, (_agreed(register),))
        await connection.execute(_LANES, _lanes(list(register.recipients.values())))
        ordinary = [(one.id, one.entry.connector) for one in register.recipients.values() if one.entry.urgent is None]
        await connection.execute(_NOT_URGENT_NOW, ([id_ for id_, _ in ordinary], [kind for _, kind in ordinary], URGENT_LANE))
    return version


async def kinds_in_use(connection: Connection, register: Register) -> list[str]:
    """The kinds of the current register that `register` leaves out and that there are cases of: it cannot be loaded while there are any."""
    newest = await (await connection.execute(_NEWEST)).fetchone()
    before = [] if newest is None else [one["entry"]["kind"] for one in newest[2]]
    gone = [kind for kind in before if kind not in register.kinds]
    return [kind for (kind,) in await (await connection.execute(_HAS_CASES, (gone,))).fetchall()] if gone else []


async def newest(connection: Connection, after: int = 0) -> Register | None:
    """The newest register above version `after`, or None where there is none."""
    row = await (await connection.execute(_READ, (after,))).fetchone()
    return None if row is None else Register.from_content(row[1], int(row[0]))


async def of_version(connection: Connection, version: int) -> Register:
    """The register as it was loaded under a number. Raises `LookupError` where none was."""
    row = await (await connection.execute(_OF_VERSION, (version,))).fetchone()
    if row is None:
        raise LookupError(f"there is no register {version}")
    return Register.from_content(row[0], version)


def _agreed(register: Register) -> list[str]:
    """Recipients with an agreement for each of their kinds, none of which lacks anything."""
    agreements = {one.id: [register.agreements(one.id, kind) for kind in one.entry.kinds] for one in register.recipients.values()}
    return [id_ for id_, kinds in agreements.items() if all(some and all(one.lacks is None for one in some) for some in kinds)]


def _lanes(recipients: list[Recipient]) -> tuple[list[str], list[int], list[str]]:
    rows = [(one.id, split, one.entry.connector) for one in recipients for split in range(one.entry.lanes)]
    rows += [(one.id, URGENT_LANE, one.entry.urgent.connector) for one in recipients if one.entry.urgent is not None]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]
