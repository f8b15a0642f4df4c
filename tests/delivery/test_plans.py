"""The statements of the hot path go by key, whatever PostgreSQL believes of a fresh table."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from psycopg import sql

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


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("is_known", [True, False], ids=["analysed", "fresh"])
async def test_no_part_of_a_claim_reads_a_delivery_twice(ledger: Ledger, mode: str, is_known: bool) -> None:
    lanes = [await ledger.lane(f"council-{number}") for number in range(3)]
    lanes.append(await ledger.lane("council-0", split=100))
    await ledger.run("INSERT INTO worker (name, lease_until) VALUES ('deliver-1', now() + interval '1 minute')")
    await ledger.run("UPDATE lane SET owner = 'deliver-1', epoch = 1")
    ids = await ledger.deliveries(40, lanes[0], "council-0") + await ledger.deliveries(40, lanes[1], "council-1")
    if is_known:
        await ledger.run("ANALYZE")
    given = _CLAIM | {"ids": ids, "low": min(ids), "high": max(ids), "lanes": lanes, "epochs": [1] * 4, "busy_lanes": [], "busy": []}
    async with ledger.pool.connection() as connection, connection.transaction(force_rollback=True):
        await connection.execute(f"SET LOCAL plan_cache_mode = {mode}".encode())
        names, text = list(dict.fromkeys(re.findall(r"%\((\w+)\)b", claim._CLAIM))), claim._CLAIM
        for number, name in enumerate(names, 1):
            text = text.replace(f"%({name})b", f"${number}")
        await connection.execute(f"PREPARE claim AS {text}".encode())
        values = sql.SQL(", ").join(sql.Literal(given[name]) for name in names)
        explain = sql.SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, FORMAT JSON) EXECUTE claim({})")
        [[[plan]]] = await (await connection.execute(explain.format(values))).fetchall()
        await connection.execute("DEALLOCATE claim")
    read = [int(rows * loops) for table, rows, loops in _read(plan["Plan"]) if table.startswith("delivery_2")]
    assert len(read) >= 2
    assert max(read) == len(ids)


def _read(node: dict[str, Any]) -> Iterator[tuple[str, float, int]]:
    """Every scan of a table: its name, the rows that one loop looked at, and how many loops there were."""
    if "Scan" in node["Node Type"] and "Relation Name" in node:
        yield node["Relation Name"], node["Actual Rows"] + node.get("Rows Removed by Filter", 0), node["Actual Loops"]
    for part in node.get("Plans", ()):
        yield from _read(part)


async def _explain(ledger: Ledger, statement: str, given: dict[str, object]) -> str:
    async with ledger.pool.connection() as connection, connection.transaction(force_rollback=True):
        rows = await (await connection.execute(f"EXPLAIN (COSTS OFF) {statement}".encode(), given, binary=True)).fetchall()
    return "\n".join(str(row[0]) for row in rows)
