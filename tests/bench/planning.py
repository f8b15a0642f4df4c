"""What planning costs with the whole policy: a ledger, the shipped register, deaths and moves, and one process's planner."""

import multiprocessing
import os
import secrets
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import uvloop

from hub import local
from hub.cases import Arrival, Recorded, record
from hub.cli.kinds import checks
from hub.planning import Planner
from hub.privacy import Blind, Keys
from hub.recipients import Register, load, newest, read
from hub.roles import collect_seldom
from hub.settings import Settings
from hub.store import Pool, add_partitions, migrate, open_pool
from schemas import BUILT_IN, SourceKind
from tests.bench.events import tell

CASES = 3_000
_BATCH = 250
_MOVES = 5  # one case in so many is a move
_MADE = "SELECT count(*) FROM delivery WHERE case_id = ANY(%s)"
_REGISTER = Path(__file__).parents[2] / "infra" / "recipients"


@dataclass(frozen=True, slots=True)
class Planning:
    """CPU is the planner's process's: reading, deciding, cutting, sealing and writing, without PostgreSQL's own. `deliveries`
    are those that the plans made, `told` those of them that went out at once, cut and sealed; the others are held."""

    cases: int
    deliveries: int
    told: int
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
        # A process of its own, as a role is: with its loop, and its ways with garbage.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
            return process.submit(_as_a_role, ledger, keystore, max(2 * _BATCH, int(CASES * scale))).result()


def _as_a_role(ledger: str, keystore: str, count: int) -> Planning:
    collect_seldom()
    return uvloop.run(_measure(ledger, keystore, count))


async def _measure(ledger: str, keystore: str, count: int) -> Planning:
    async with await open_pool(ledger) as pool, await open_pool(keystore) as kept:
        async with pool.connection() as connection:
            await add_partitions(connection, datetime.now(UTC))
        register = await _load(pool)
        keys, blind = Keys(kept, os.urandom(32)), Blind(os.urandom(32), os.urandom(32))
        cases = await _tell(pool, keys, blind, count)
        planner = Planner(keys, blind, "https://hub.example.org")
        used, told = 0.0, 0
        for start in range(0, len(cases), _BATCH):
            async with pool.connection() as connection:
                before = time.process_time()
                planned = await planner.plan_cases(connection, register, cases[start : start + _BATCH])
                if start:
                    used, told = used + time.process_time() - before, told + len(planned.wakes)
        async with pool.connection() as connection:
            ((made,),) = await (await connection.execute(_MADE, (cases[_BATCH:],))).fetchall()
    return Planning(len(cases), made, told, round(1e6 * used / made, 1))


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
