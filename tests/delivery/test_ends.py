"""The end of a fact, planned and then claimed: planning and the engine agree on who knows of it."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest_asyncio

from hub.cases import merge
from hub.planning import Planner
from hub.privacy import Blind, Keys
from hub.store import open_pool
from schemas import SourceKind, State
from tests.cases.deaths import death
from tests.conftest import Databases
from tests.delivery.conftest import MASTER_KEY, Workers
from tests.delivery.receiver import Receiver, always
from tests.planning.conftest import Hub, everyone
from tests.waiting import until

BENEFITS, HOUSING = "dwp.benefits", "stevenage.housing"


@pytest_asyncio.fixture
async def hub(postgres: Databases) -> AsyncIterator[Hub]:
    async with await open_pool(postgres.database_url) as pool, await open_pool(postgres.keystore_url) as keystore:
        keys, blind = Keys(keystore, MASTER_KEY), Blind(b"b" * 32, b"l" * 32)
        opened = Hub(pool, keys, blind, Planner(keys, blind, "https://hub.example.org"))
        await opened.load(everyone())
        yield opened


def ada(nino: str, **more: Any) -> dict[str, Any]:
    return {
        "names": {"given": ["Ada"], "family": "Planted"},
        "dateOfBirth": {"value": "1931-04-07"},
        "dateOfDeath": {"value": "2026-02-11"},
        "usualAddress": {"postcode": "SG1 1JG"},
        "nino": nino,
    } | more


async def test_who_was_told_under_a_case_that_was_merged_away_hears_of_the_end(hub: Hub, workers: Workers) -> None:
    first = await hub.tell(death(4, deceased=ada("AB000004C")))
    other = await hub.tell_and_plan(death(5, deceased=ada("AB000005C")))
    await hub.sent(BENEFITS)
    await merge(hub.pool, hub.keys, first, other, "registrar")
    await hub.tell_and_plan(death(5, minute=5, fact="retracted", deceased=ada("AB000005C")))
    await hub.tell_and_plan(death(4, minute=5, fact="retracted", deceased=ada("AB000004C")))
    ends = {row.recipient: row for (_, version), row in (await hub.rows(first)).items() if version > 1 and row.state is State.QUEUED}
    assert ends.keys() == {BENEFITS}
    async with Receiver() as council:
        workers.route(BENEFITS, council.url)
        async with workers.running():
            await until(lambda: council.messages)
    assert await hub.run("SELECT state FROM delivery WHERE id = %s", ends[BENEFITS].id) == [(int(State.ACCEPTED),)]


async def test_what_failed_under_a_case_merged_away_since_is_not_tried_again(hub: Hub, workers: Workers) -> None:
    first = await hub.tell(death(6, deceased=ada("AB000006C")))
    other = await hub.tell_and_plan(death(7, deceased=ada("AB000007C")))
    [old] = [row.id for (recipient, _), row in (await hub.rows(other)).items() if recipient == BENEFITS]
    async with Receiver(behaviour=always(500)) as council:
        workers.route(BENEFITS, council.url)
        async with workers.running():
            await until(lambda: council.arrivals)
            await merge(hub.pool, hub.keys, first, other, "registrar")
            await until(lambda: superseded(hub, old))
    assert {arrival.message for arrival in council.arrivals} == {f"msg_{old.hex}_1"}


async def superseded(hub: Hub, delivery: object) -> bool:
    return await hub.run("SELECT state FROM delivery WHERE id = %s", delivery) == [(int(State.SUPERSEDED),)]


async def test_who_told_the_hub_and_heard_nothing_hears_that_another_took_it_back(hub: Hub, workers: Workers) -> None:
    await teller(hub, BENEFITS)
    case = await hub.tell_and_plan(death(8, client=BENEFITS, source_kind=SourceKind.REGISTER, deceased=ada("AB000008C")))
    assert (BENEFITS, 1) not in await hub.rows(case)
    await hub.tell_and_plan(death(8, minute=5, fact="retracted", deceased=ada("AB000008C")))
    end = (await hub.rows(case))[BENEFITS, 2]
    assert end.event is not None
    assert end.event["type"].split(".")[3] == "retracted"
    assert end.event["originid"]
    assert end.event["data"]["fact"] == "retracted"
    assert "nino" not in end.event["data"]["deceased"]
    assert "breach-assessment" not in {cause for cause, _ in await hub.tasks()}, "the hub told nobody"
    async with Receiver() as council:
        workers.route(BENEFITS, council.url)
        async with workers.running():
            await until(lambda: council.messages == [f"msg_{end.id.hex}_1"])


async def test_who_took_it_back_itself_does_not_hear_of_it(hub: Hub) -> None:
    await teller(hub, BENEFITS)
    said = partial(death, 9, client=BENEFITS, source_kind=SourceKind.REGISTER, deceased=ada("AB000009C"))
    case = await hub.tell_and_plan(said())
    await hub.sent(HOUSING)
    await hub.tell_and_plan(said(minute=5, fact="retracted"))
    assert (await hub.decisions(case))[BENEFITS]["rule"] == "nothing-new"
    assert {recipient for recipient, version in await hub.rows(case) if version == 2} == {HOUSING}


async def test_no_agreement_no_end_for_who_told_the_hub(hub: Hub) -> None:
    await teller(hub, BENEFITS)
    case = await hub.tell_and_plan(death(10, client=BENEFITS, source_kind=SourceKind.REGISTER, deceased=ada("AB000010C")))
    await hub.load(everyone(benefits={"ends": "2020-01-01", "starts": "2019-01-01"}))
    await hub.tell_and_plan(death(10, minute=5, fact="cancelled", deceased=ada("AB000010C")))
    held = (await hub.rows(case))[BENEFITS, 2]
    assert (held.state, held.reason, held.event) == (State.HELD, "ended", None)


async def teller(hub: Hub, recipient: str) -> None:
    await hub.run(
        "INSERT INTO client (id, name, source_kind, recipient, key_hash) VALUES (%s, %s, 'department', %s, %s)",
        recipient, recipient, recipient, recipient.encode(),
    )  # fmt: skip
