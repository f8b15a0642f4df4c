"""What is asked whenever somebody looks at a case, fetches or erases goes by key."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from hub.tracking import fetching, related
from schemas.ids import new_id
from tests.tracking.desk import Desk

_ID = new_id(datetime.now(UTC))


@pytest.mark.parametrize(
    ("statement", "given"),
    [
        pytest.param(fetching._DECIDED, {"delivery": _ID, "number": 1, "recipient": "dwp.benefits"}, id="decided"),
        pytest.param(related._RELATED, {"case": _ID}, id="related"),
        pytest.param(related._FOLLOWING, {"case": _ID, "hub": ["hub:citizen"]}, id="following"),
    ],
)
async def test_no_table_and_no_index_is_read_whole(desk: Desk, statement: str, given: dict[str, Any]) -> None:
    async with desk.ledger.pool.connection() as connection:
        rows = await (await connection.execute(f"EXPLAIN (COSTS OFF) {statement}".encode(), given, binary=True)).fetchall()
    plan = [str(row[0]) for row in rows]
    assert any("Index Cond" in line for line in plan)
    assert not [line for line, after in pairwise(plan) if "Seq Scan" in line or (" using " in line and "Index Cond" not in after)]
