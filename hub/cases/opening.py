"""Opens new cases: a whole batch in one statement, which is its own transaction.

Any key known before makes the statement fail as a whole (`UniqueViolation`); nothing is written then. Keys go in sorted,
idempotency keys before blind keys, so that two batches wait for each other in one direction only.
"""

from collections.abc import Sequence
from datetime import datetime

from hub.cases.arrival import Draft, Position, Recorded
from hub.privacy import DataKey
from hub.store import Connection
from hub.tasks import Cause

# `remembered` and `keyed` are counted by what follows them: that makes PostgreSQL finish them first, in this order.
# The last part sees only likenesses of cases committed before: those of this batch were told apart by the caller.
_OPEN = """
WITH arrived AS MATERIALIZED (
  SELECT * FROM unnest(
    %(cases)b::uuid[], %(subjects)b::uuid[], %(notifications)b::uuid[], %(clients)b::text[], %(kinds)b::text[],
    %(standings)b::smallint[], %(facts)b::smallint[], %(registrations)b::bytea[], %(times)b::timestamptz[],
    %(data_keys)b::bigint[], %(sealed)b::bytea[], %(references)b::text[]
  ) AS a (case_id, subject, notification, client, kind, standing, fact, registration, source_time, data_key, sealed, reference)
), remembered AS (
  INSERT INTO idempotency (client, key, notification, case_id, body)
  SELECT * FROM unnest(
    %(key_clients)b::text[], %(keys)b::bytea[], %(key_notifications)b::uuid[], %(key_cases)b::uuid[], %(bodies)b::bytea[])
  RETURNING 1
), opened AS (
  INSERT INTO cases (id, subject, kind, newest, effective, standing, fact, registration, source_time, opened_at)
  SELECT case_id, subject, kind, 1, 1, standing, fact, registration, source_time, %(now)b::timestamptz FROM arrived
  WHERE (SELECT count(*) FROM remembered) > 0
), keyed AS (
  INSERT INTO blind_key (key, case_id) SELECT * FROM unnest(%(marks)b::bytea[], %(mark_cases)b::uuid[])
  WHERE (SELECT count(*) FROM remembered) > 0
  RETURNING 1
), versions AS (
  INSERT INTO case_version
    (case_id, version, notification, client, standing, fact, registration, source_time, recorded_at, data_key, sealed, position)
  SELECT case_id, 1, notification, client, standing, fact, registration, source_time, %(now)b::timestamptz, data_key, sealed, 1
  FROM arrived WHERE (SELECT count(*) FROM keyed) >= 0
), referenced AS (
  INSERT INTO reference (code, case_id, client, opened_at) SELECT reference, case_id, client, %(now)b::timestamptz FROM arrived
  WHERE (SELECT count(*) FROM keyed) >= 0
), queued AS (
  INSERT INTO outbox (case_id, version, urgent, recorded_at) SELECT case_id, 1, fact > 1, %(now)b::timestamptz FROM arrived
), tied AS (
  INSERT INTO tie (key, case_id, role) SELECT * FROM unnest(%(ties)b::bytea[], %(tie_cases)b::uuid[], %(tie_roles)b::text[])
), likely AS MATERIALIZED (
  SELECT * FROM unnest(%(likenesses)b::bytea[], %(likeness_cases)b::uuid[]) AS l (key, case_id)
), remarked AS (
  INSERT INTO likeness (key, case_id) SELECT key, case_id FROM likely
), proposed AS (
  INSERT INTO proposed_match (case_a, case_b, cause)
  SELECT DISTINCT least(known.case_id, likely.case_id), greatest(known.case_id, likely.case_id), 'looks-alike'
  FROM likely JOIN likeness known USING (key)
  RETURNING case_a, case_b
)
INSERT INTO task (cause, about, case_id, owner, due_at)
SELECT %(cause)b::text, case_a || ' ' || case_b, case_b, %(owner)b::text, %(due)b::timestamptz FROM proposed
ON CONFLICT DO NOTHING
"""


async def open_cases(connection: Connection, drafts: Sequence[Draft], keys: Sequence[DataKey], now: datetime) -> list[Recorded]:
    """Open a case for each draft. Raises `UniqueViolation` where any of their keys is known, and then opens none."""
    remembered = sorted((d.client, key, d.notification, d.case_id, d.body) for d in drafts for key in d.keys)
    marks = sorted((key, d.case_id) for d in drafts for key in d.marks.certain)
    ties = [(key, d.case_id, role.value) for d in drafts for key, role in d.marks.ties.items()]
    likely = [(key, d.case_id) for d in drafts for key in d.marks.alike]
    await connection.execute(
        _OPEN,
        {
            "cases": [d.case_id for d in drafts],
            "subjects": [d.subject for d in drafts],
            "notifications": [d.notification for d in drafts],
            "clients": [d.client for d in drafts],
            "kinds": [d.kind.name for d in drafts],
            "standings": [int(d.standing) for d in drafts],
            "facts": [int(d.fact) for d in drafts],
            "registrations": [d.marks.registration for d in drafts],
            "times": [d.source_time for d in drafts],
            "data_keys": [key.id for key in keys],
            "sealed": [d.sealed(key, d.case_id, 1) for d, key in zip(drafts, keys, strict=True)],
            "references": [d.reference for d in drafts],
            "key_clients": [row[0] for row in remembered],
            "keys": [row[1] for row in remembered],
            "key_notifications": [row[2] for row in remembered],
            "key_cases": [row[3] for row in remembered],
            "bodies": [row[4] for row in remembered],
            "marks": [row[0] for row in marks],
            "mark_cases": [row[1] for row in marks],
            "ties": [row[0] for row in ties],
            "tie_cases": [row[1] for row in ties],
            "tie_roles": [row[2] for row in ties],
            "likenesses": [row[0] for row in likely],
            "likeness_cases": [row[1] for row in likely],
            "now": now,
            "cause": Cause.MATCH_PROPOSED.value,
            "owner": Cause.MATCH_PROPOSED.owner,
            "due": now + Cause.MATCH_PROPOSED.within,
        },
    )
    return [Recorded(d.notification, d.case_id, 1, d.reference, Position.NEW, merged=False) for d in drafts]
