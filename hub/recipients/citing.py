"""Agreements as messages cite them: as they were in the register under which each was planned."""

from collections.abc import Iterable, Mapping

from hub.recipients.entries import Agreement
from hub.store import Connection

# By register version and `id@version`.
Citation = tuple[int, str]

_DIGESTS = "SELECT version, digest FROM register WHERE version = ANY(%b::bigint[])"
# A withdrawal goes under the agreement that its recipient was told under: that may have left the register since.
_CITED = """
SELECT agreement
FROM register CROSS JOIN LATERAL jsonb_array_elements(register.content -> 'organisations') AS organisation
CROSS JOIN LATERAL jsonb_array_elements(organisation -> 'agreements') AS agreement
WHERE register.version <= %b::bigint AND agreement ->> 'id' = %b AND coalesce((agreement ->> 'version')::int, 1) = %b::int
ORDER BY register.version DESC LIMIT 1
"""
_MOST = 20_000

# What a register of one digest says never changes, in whichever ledger it lies.
_known: dict[tuple[bytes, str], Agreement] = {}


async def cited(
    connection: Connection, citations: Iterable[Citation], digests: Mapping[int, bytes] | None = None
) -> dict[Citation, Agreement]:
    """The agreements behind citations; one that no register up to its own holds is not among them.

    `digests` are those of the registers cited, by version, where whoever asks has read them: else they are read here.
    """
    wanted = set(citations)
    if digests is None:
        digests = await _digests(connection, {version for version, _ in wanted})
    found: dict[Citation, Agreement] = {}
    for version, name in sorted(wanted):
        agreement = await _cited(connection, version, name, digests.get(version, b""))
        if agreement is not None:
            found[version, name] = agreement
    return found


async def _digests(connection: Connection, versions: Iterable[int]) -> Mapping[int, bytes]:
    rows = await (await connection.execute(_DIGESTS, (list(versions),), binary=True)).fetchall()
    return {version: bytes(digest) for version, digest in rows}


async def _cited(connection: Connection, version: int, name: str, digest: bytes) -> Agreement | None:
    if (known := _known.get((digest, name))) is not None:
        return known
    id_, _, number = name.rpartition("@")
    row = await (await connection.execute(_CITED, (version, id_, int(number)), binary=True)).fetchone() if number.isdecimal() else None
    if row is None:
        return None
    agreement = Agreement.model_validate(row[0])
    if digest:
        if len(_known) >= _MOST:
            _known.clear()
        _known[digest, name] = agreement
    return agreement
