"""What planning costs with the whole policy: a ledger, the shipped register, deaths and moves, and one process's planner."""

import asyncio
import os
import secrets
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from hub import local
from hub.cases import Arrival, Recorded, record
from hub.cli.kinds import checks
from hub.planning import Planner
from hub.privacy import Blind, Keys
from hub.recipients import Register, load, newest, read
from hub.settings import Settings
from hub.store import Pool, add_partitions, migrate, open_pool
from schemas import BUILT_IN, SourceKind
from tests.bench.events import tell

CASES = 3_000
_BATCH = 250
_MOVES = 5  # one case in so many is a move
_REGISTER = Path(__file__).parents[2] / "infra" / "recipients"


@dataclass(frozen=True, slots=True)
class Planning:
    """CPU is the planner's process's: reading, deciding, cutting, sealing and writing, without PostgreSQL's own."""

    cases: int
    deliveries: int
    cpu_us_per_delivery: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def measure(folder: Path, scale: float) -> Planning:
    """Plan `CASES` times `scale` cases in batches; the first batch, which fills what is remembered, is not measured."""
    server = local.Postgres(folder / "planning-postgres", fsync="off", full_page_writes="off")
    server.prepare()
    with local.running(server, folder / "planning-postgres.log"):
        name = secrets.token_hex(4)
        ledger, keystore = server.create(f"ledger_{name}"), server.create(f"keys_{name}")
        migrate("ledger", ledger)
        migrate("keys", keystore)
        return asyncio.run(_measure(ledger, keystore, max(2 * _BATCH, int(CASES * scale))))


async def _measure(ledger: str, keystore: str, count: int) -> Planning:
    async with await open_pool(ledger) as pool, await open_pool(keystore) as kept:
        async with pool.connection() as connection:
            await add_partitions(connection, datetime.now(UTC))
        register = await _load(pool)
        keys, blind = Keys(kept, os.urandom(32)), Blind(os.urandom(32), os.urandom(32))
        cases = await _tell(pool, keys, blind, count)
        planner = Planner(keys, blind, "https://hub.example.org")
        used, measured = 0.0, 0
        for start in range(0, len(cases), _BATCH):
            async with pool.connection() as connection:
                before = time.process_time()
                planned = await planner.plan_cases(connection, register, cases[start : start + _BATCH])
                if start:
                    used, measured = used + time.process_time() - before, measured + len(planned.wakes)
    return Planning(len(cases), measured, round(1e6 * used / measured, 1))


async def _load(pool: Pool) -> Register:
    shipped = read(_REGISTER, checks(Settings()))
    assert isinstance(shipped, Register), shipped
    async with pool.connection() as connection:
        await load(connection, shipped)
        found = await newest(connection)
    assert found is not None
    return found


async def _tell(pool: Pool, keys: Keys, blind: Blind, count: int) -> list[UUID]:
    cases: list[UUID] = []
    for start in range(0, count, _BATCH):
        arrivals = [_arrival(number) for number in range(start, start + _BATCH)]
        cases += [one.case_id for one in await record(pool, keys, blind, arrivals) if isinstance(one, Recorded)]
    return cases


def _arrival(number: int) -> Arrival:
    if number % _MOVES:
        return Arrival("bench", SourceKind.REGISTER, BUILT_IN.parse(tell(number).body))
    death = orjson.loads(tell(number).body)["data"]["deceased"]
    mover = {name: death[name] for name in ("names", "dateOfBirth", "nino") if name in death}
    other = orjson.loads(tell(number + 7).body)["data"]["deceased"]["usualAddress"]
    return Arrival("bench", SourceKind.REGISTER, BUILT_IN.parse_object(_move(number, mover, death["usualAddress"], other)))


def _move(number: int, mover: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    data = {
        "standing": "informal", "fact": "asserted", "sourceTime": (now - timedelta(hours=1)).isoformat(), "identity": "high",
        "mover": mover, "movedOn": now.date().isoformat(), "oldAddress": old, "newAddress": new,
    }  # fmt: skip
    return {"specversion": "1.0", "id": f"move-{number}", "source": "urn:bench", "type": "uk.tellusonce.change-of-address.v1", "data": data}
