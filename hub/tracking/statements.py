"""The statements that take answers. Bounds on ids are given beside `= ANY(…)`, so that partitions are pruned."""

# What does not change, read before any lock.
KNOWN = """
SELECT asked.delivery, asked.number, d.case_id, d.lane, lane.recipient, d.version, m.data_key, m.register, m.agreement,
  coalesce(register.digest, '')
FROM unnest(%(ids)b::uuid[], %(numbers)b::smallint[]) AS asked (delivery, number)
JOIN delivery d ON d.id = asked.delivery
JOIN message m ON m.delivery = asked.delivery AND m.number = asked.number
JOIN lane ON lane.id = d.lane
LEFT JOIN register ON register.version = m.register
WHERE d.id = ANY(%(ids)b::uuid[]) AND d.id BETWEEN %(low)b AND %(high)b
  AND m.delivery = ANY(%(ids)b::uuid[]) AND m.delivery BETWEEN %(low)b AND %(high)b
"""

# The order is case, lane, delivery. An answer relies on nothing of the case.
LOCK_LANES = "SELECT FROM lane WHERE id = ANY(%b::int[]) ORDER BY id FOR NO KEY UPDATE"
LOCK_DELIVERIES = """
SELECT id, state, message, first_attempt_at IS NOT NULL FROM delivery
WHERE id = ANY(%(ids)b::uuid[]) AND id BETWEEN %(low)b AND %(high)b
ORDER BY id FOR NO KEY UPDATE
"""
SAID = """
SELECT DISTINCT ON (delivery, message) delivery, message, answer, reason, sealed FROM answer
WHERE delivery = ANY(%(ids)b::uuid[]) ORDER BY delivery, message, id DESC
"""
TASKS = "SELECT DISTINCT delivery FROM task WHERE delivery = ANY(%(ids)b::uuid[]) AND closed_at IS NULL"

# The claim goes with the state: a worker that still waits for the response settles nothing over an answer.
MOVE = """
UPDATE delivery SET state = %(target)b, told = true, claim = NULL, changed_at = now(), reason = moved.reason
FROM unnest(%(ids)b::uuid[], %(reasons)b::text[]) AS moved (id, reason)
WHERE delivery.id = moved.id AND delivery.state = ANY(%(sources)b::smallint[])
  AND delivery.id = ANY(%(ids)b::uuid[]) AND delivery.id BETWEEN %(low)b AND %(high)b
"""
ANSWER = """
INSERT INTO answer (delivery, message, answer, reason, data_key, sealed, channel)
SELECT * FROM unnest(%b::uuid[], %b::smallint[], %b::smallint[], %b::text[], %b::bigint[], %b::bytea[], %b::text[])
"""
COLLECTED = """
UPDATE placement SET collected_at = now() FROM unnest(%b::uuid[], %b::smallint[]) AS got (delivery, message)
WHERE placement.delivery = got.delivery AND placement.message = got.message AND placement.collected_at IS NULL
"""
