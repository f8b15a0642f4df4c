"""The record of disclosures: exactly which fields went to whom, under which agreement, and when. It outlives the content."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from hub.cases import planned_deliveries
from hub.recipients import Agreement, Power, cited
from hub.store import Connection
from hub.tracking.directory import Directory
from schemas import SAID_ALWAYS, CitedPower, Disclosure, Disclosures, Notice, message_id
from schemas.status import NOTICE_WORDS

# Current messages that a claim took, and older ones that an attempt was made at or that were fetched; as those whom the case is
# about: what it told as another while a merge lasted is that one's since.
_DISCLOSED = """
SELECT d.id, lane.recipient, d.notice, d.version, m.number, m.agreement, m.register, f.fields, d.told,
  coalesce(tried.first_at, d.first_attempt_at) AS disclosed_at, m.data IS NOT NULL, m.fetched_at
FROM delivery d JOIN lane ON lane.id = d.lane
JOIN message m ON m.delivery = d.id JOIN field_set f ON f.id = m.fields
CROSS JOIN LATERAL (
  SELECT min(a.at) AS first_at FROM attempt a
  WHERE a.delivery = d.id AND a.message = m.number AND a.delivery BETWEEN %(low)b AND %(high)b
) AS tried
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b AND m.delivery BETWEEN %(low)b AND %(high)b
  AND d.subject = ANY(%(subjects)b::uuid[])
  AND d.first_attempt_at IS NOT NULL
  AND (tried.first_at IS NOT NULL OR m.fetched_at IS NOT NULL OR (m.number = d.message AND d.state > 1))
ORDER BY disclosed_at, d.id, m.number
"""


async def disclosures(connection: Connection, directory: Directory, reference: str, case_id: UUID) -> Disclosures:
    """What was told of a case and of those merged into it. Who was told and which paths is for every teller to read; what
    another teller said is not in it."""
    planned = await planned_deliveries(connection, [case_id])
    if not planned:
        return Disclosures(reference=reference)
    ids = [one.delivery for one in planned]
    given = {"ids": ids, "low": min(ids), "high": max(ids), "subjects": [one.subject for one in planned]}
    rows = await (await connection.execute(_DISCLOSED, given, binary=True)).fetchall()
    terms = await cited(connection, {(row[6], row[5]) for row in rows})
    return Disclosures(reference=reference, disclosures=tuple(_disclosure(row, terms, directory) for row in rows))


def _disclosure(row: Sequence[Any], terms: Mapping[tuple[int, str], Agreement], directory: Directory) -> Disclosure:
    delivery, recipient, notice, version, number, agreement, register, fields, told, at, thin, fetched = row
    found, named = terms.get((register, agreement)), directory.named(recipient)
    return Disclosure(
        recipient=recipient,
        organisation=named[0],
        service=named[1],
        message=message_id(delivery, number),
        notice=NOTICE_WORDS[Notice(notice)],
        version=version,
        fields=tuple(field for field in fields if not thin or fetched or field in SAID_ALWAYS),
        agreement=agreement,
        purpose=None if found is None else found.purpose,
        sender=None if found is None else _power(found.sender),
        receiver=None if found is None else _power(found.receiver),
        protocol=None if found is None else found.protocol,
        first_disclosed_at=at,
        told=told,
        payload="thin" if thin else "full",
        fetched_at=fetched,
    )


def _power(power: Power | None) -> CitedPower | None:
    return None if power is None else CitedPower(power=power.power, basis=power.basis, condition=power.condition)
