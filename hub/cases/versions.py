"""Reads a case's versions back, opened: those that speak for it, and not what an undone merge left behind."""

from uuid import UUID

import orjson

from hub.cases.content import Version, version_of
from hub.privacy import Keys, case_context
from hub.store import Connection
from schemas import Fact, Standing

# A key on the list of an erasure is as good as destroyed: what is told from then on rests on nothing it sealed.
_READ = """
SELECT v.version, v.standing, v.fact, v.registration, v.source_time, v.client, v.sealed,
  CASE WHEN v.data_key = ANY(e.data_keys) THEN NULL ELSE v.data_key END
FROM case_version v LEFT JOIN erasure e ON e.case_id = v.case_id WHERE v.case_id = %b AND NOT v.parted ORDER BY v.version
"""


async def read_versions(connection: Connection, keys: Keys, case_id: UUID) -> tuple[list[Version], list[Version]]:
    """All versions, and those of them that can still be read; the others (erased) have no content."""
    rows = await (await connection.execute(_READ, (case_id,), binary=True)).fetchall()
    opened = await keys.get({row[7] for row in rows if row[7] is not None})
    versions: list[Version] = []
    readable: list[Version] = []
    for number, standing, fact, registration, source_time, client, sealed, data_key in rows:
        key = opened.get(data_key)
        if key is None:
            versions.append(Version(number, Standing(standing), Fact(fact), registration, source_time, client, {}))
            continue
        # What intake validated and wrote itself is read as plain JSON.
        event = orjson.loads(key.open(sealed, case_context(case_id, number)))
        readable.append(version_of(number, standing, fact, registration, source_time, client, event))
        versions.append(readable[-1])
    return versions, readable
