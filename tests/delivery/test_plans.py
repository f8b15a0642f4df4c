"""The statements of the hot path go by key, whatever PostgreSQL believes of a fresh table."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from hub.delivery import claim, settle
from schemas.ids import new_id
from tests.delivery.planted import Ledger

_IDS = [new_id(datetime.now(UTC) + timedelta(milliseconds=n)) for n in range(200)]
_BUSY = {"busy_lanes": [1, 2], "busy": [uuid4(), uuid4()]}
_OF = {"lanes": [1, 2], "epochs": [1, 1], "urgent": 100, "me": "deliver-1", "ids": _IDS, "claim": uuid4()}
_CLAIM = _OF | {"low": min(_IDS), "high": max(_IDS)} | _BUSY
_SETTLE = {"ids": _IDS, "claims": _IDS, "low": min(_IDS), "high": max(_IDS)}


@pytest.mark.parametrize(
    ("statement", "given"),
    [
        pytest.param(claim._CLAIM, _CLAIM, id="claim"),
        pytest.param(claim._DUE, {"lanes": [1, 2], "rooms": [50, 50]}, id="due"),
        pytest.param(settle._ACCEPT, _SETTLE, id="accept"),
    ],
)
async def test_no_table_is_read_whole(ledger: Ledger, statement: str, given: dict[str, object]) -> None:
    plan = await _explain(ledger, statement, given)
    assert "Seq Scan" not in plan


async def test_a_claim_goes_by_primary_key_and_touches_only_the_partitions_of_its_ids(ledger: Ledger) -> None:
    plan = await _explain(ledger, claim._CLAIM, _CLAIM)
    month = f"{datetime.now(UTC):%Y_%m}"
    assert f"delivery_{month}_pkey" in plan
    assert f"message_{month}_pkey" in plan
    others = {line.split("message_")[1][:7] for line in plan.splitlines() if "message_2" in line} - {month}
    assert not others


async def _explain(ledger: Ledger, statement: str, given: dict[str, object]) -> str:
    async with ledger.pool.connection() as connection, connection.transaction(force_rollback=True):
        rows = await (await connection.execute(f"EXPLAIN (COSTS OFF) {statement}".encode(), given, binary=True)).fetchall()
    return "\n".join(str(row[0]) for row in rows)
