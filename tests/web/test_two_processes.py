"""Two API processes on one ledger: it does not matter which of them a client reaches, nor that it reaches both at once."""

import asyncio
import os
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from hub import local
from hub.intake import add_client
from hub.store import Pool, open_pool
from schemas import SourceKind
from tests.cases.deaths import event
from tests.conftest import Databases
from tests.waiting import until

_ROOT = Path(__file__).parents[2]
PEOPLE = 25


@dataclass(frozen=True, slots=True)
class Doors:
    """Clients of the two processes, and the ledger both stand on."""

    pool: Pool
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient]

    async def post(self, door: int, told: dict[str, Any], key: str | None = None) -> httpx.Response:
        headers = {"content-type": "application/cloudevents+json"} | ({"idempotency-key": key} if key else {})
        return await self.clients[door].post("/v1/notifications", content=orjson.dumps(told), headers=headers)

    async def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(query.encode())).fetchall()


@pytest.fixture
async def doors(postgres: Databases, tmp_path: Path) -> AsyncIterator[Doors]:
    ports = local.free_port(), local.free_port()
    same = {f"TUO_{name}_KEY": secrets.token_hex(32) for name in ("MASTER", "BLIND", "LINK")}
    same |= {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url, "TUO_HOME": str(tmp_path)}
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TUO_")}
    processes = []
    async with await open_pool(postgres.database_url) as pool:
        _, key = await add_client(pool, "registrars", SourceKind.REGISTRAR, per_second=100_000)
        clients = tuple(
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}",
                headers={"authorization": f"Bearer {key}"},
                timeout=30,
                trust_env=False,
                limits=httpx.Limits(max_connections=16),
            )
            for port in ports
        )
        try:
            for port in ports:
                command = [sys.executable, "-m", "hub.cli", "run", "api"]
                environment = {**ours, **same, "TUO_PORT": str(port)}
                processes.append(start(command, environment, tmp_path / f"{port}.log"))
            for client in clients:
                await until(lambda client=client: is_ready(client), 40)  # type: ignore[misc]
            yield Doors(pool, (clients[0], clients[1]))
        finally:
            for client in clients:
                await client.aclose()
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(20)


def start(command: list[str], environment: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=output, stderr=output)


async def is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.timeout(120)
async def test_the_same_told_to_both_at_once_is_one_case_and_one_answer(doors: Doors) -> None:
    people = [(event(number), f"key-{number}") for number in range(PEOPLE)]
    told = [(person, door) for person in people for door in (0, 1, 0, 1)]
    answers = await asyncio.gather(*(doors.post(door, body, key) for (body, key), door in told))
    assert Counter(answer.status_code for answer in answers) == {202: 4 * PEOPLE}
    for number in range(PEOPLE):
        same = answers[4 * number : 4 * number + 4]
        assert len({answer.content for answer in same}) == 1
        assert [answer.headers.get("idempotency-replayed") for answer in same].count(None) == 1
    assert await doors.rows("SELECT count(*), sum(newest) FROM cases") == [(PEOPLE, PEOPLE)]


@pytest.mark.timeout(120)
async def test_crossing_keys_make_one_case_of_one_person_and_the_same_answers_ever_after(doors: Doors) -> None:
    requests: list[tuple[int, dict[str, Any], str | None]] = []
    for number in range(PEOPLE):
        first, second = event(number), event(number, minute=1)
        one, other = f"one-{number}", f"other-{number}"
        # The same two notifications under each other's keys, and a third that shares only its number, or only its NINO.
        requests += [(0, first, one), (0, second, other), (1, first, other), (1, second, one)]
        unknown = {"names": {"family": "Otherwise"}, "dateOfDeath": {"value": "2026"}}
        requests += [(number % 2, event(number, minute=2, deceased=unknown), None)]
        requests += [(1 - number % 2, event(number, minute=3, registration=None, standing="informal"), None)]
    answers = await asyncio.gather(*(doors.post(*request) for request in requests))
    assert {answer.status_code for answer in answers} <= {202, 409}
    again = await asyncio.gather(*(doors.post(1 - door, told, key) for door, told, key in requests))
    for answer, repeat in zip(answers, again, strict=True):
        assert repeat.status_code == answer.status_code
        if answer.status_code == 202:
            assert repeat.content == answer.content
            assert repeat.headers["idempotency-replayed"] == "true"
    [(versions, distinct)] = await doors.rows("SELECT count(*), count(DISTINCT notification) FROM case_version")
    taken = [answer for answer in answers if answer.status_code == 202 and "idempotency-replayed" not in answer.headers]
    assert versions == distinct == len(taken)
    # Those whose number and NINO came apart, before anything carried both, are two cases and a person's task.
    [(cases,)] = await doors.rows("SELECT count(*) FROM cases")
    [(proposed,)] = await doors.rows("SELECT count(*) FROM proposed_match WHERE cause = 'keys-disagree'")
    assert cases == PEOPLE + proposed
