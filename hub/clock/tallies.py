"""Folds the deltas that changes of state leave behind into the tally that gauges read."""

from hub.store import Pool

_MOST = 50_000

_FOLD = """
WITH taken AS (
  DELETE FROM tally_delta WHERE id IN (SELECT id FROM tally_delta ORDER BY id LIMIT %b::int FOR UPDATE SKIP LOCKED)
  RETURNING lane, state, change
), folded AS (
  INSERT INTO tally (lane, state, count)
  SELECT lane, state, sum(change) FROM taken GROUP BY lane, state ORDER BY lane, state
  ON CONFLICT (lane, state) DO UPDATE SET count = tally.count + excluded.count
)
SELECT count(*) FROM taken
"""


async def fold_tallies(pool: Pool) -> int:
    """Fold everything that is there. Returns the number of deltas."""
    total = 0
    while True:
        async with pool.connection() as connection:
            row = await (await connection.execute(_FOLD, (_MOST,))).fetchone()
        folded = int(row[0]) if row else 0
        total += folded
        if folded < _MOST:
            return total
