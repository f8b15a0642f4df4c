"""What the clock looks after, on a real ledger."""

import asyncio
import math
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY

from hub.broker import Record, bury
from hub.clock.agreements import Agreements
from hub.clock.dead_letters import watch_dead_letters
from hub.clock.gauges import set_gauges
from hub.clock.reconcile import Reconciliation
from hub.clock.tallies import fold_tallies
from hub.clock.unclaimed import watch_unclaimed
from hub.kinds import BUILT_IN
from hub.privacy import Keys
from hub.store import ask_for_planning, open_pool
from hub.tasks import Cause, TaskDraft, close_task, list_tasks, open_tasks
from schemas import State
from schemas.ids import bound_at
from tests.conftest import Databases
from tests.tracking.conftest import Deliveries, Planted

COUNCIL = "stevenage.council-tax"
TOPIC_ID = UUID(int=7)
EMPTY = '{"organisations": [], "kinds": []}'


@pytest_asyncio.fixture
async def ledger(postgres: Databases) -> AsyncIterator[Deliveries]:
    async with await open_pool(postgres.database_url) as pool, await open_pool(postgres.keystore_url, size=2) as keystore:
        yield Deliveries(pool, Keys(keystore, secrets.token_bytes(32)))


async def causes(ledger: Deliveries) -> list[tuple[Cause, str]]:
    async with ledger.pool.connection() as connection:
        return [(task.cause, task.about) for task in await list_tasks(connection)]


def gauge(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_deltas_are_folded_once_even_by_two_leaders(ledger: Deliveries) -> None:
    lane = await ledger.lane(COUNCIL)
    await ledger.run("INSERT INTO tally_delta (lane, state, change) SELECT %s, mod(s, 3), 1 FROM generate_series(1, 3000) AS s", lane)
    folded = await asyncio.gather(*(fold_tallies(ledger.pool) for _ in range(4)))
    assert sum(folded) == 3000
    assert sorted(await ledger.all("SELECT state, count FROM tally")) == [(0, 1000), (1, 1000), (2, 1000)]
    assert await ledger.one("SELECT count(*) FROM tally_delta") == 0


async def test_gauges_show_what_stands_where_and_the_oldest_undelivered(ledger: Deliveries) -> None:
    queued = await ledger.planted(COUNCIL, state=State.QUEUED)
    await ledger.planted("dwp.benefits", state=State.ACCEPTED)
    await ledger.run("DELETE FROM tally_delta")
    await ledger.run("INSERT INTO tally SELECT lane, state, count(*) FROM delivery GROUP BY lane, state")
    await ledger.run("UPDATE lane SET breaker = 1 WHERE recipient = %s", COUNCIL)
    await ledger.run("UPDATE cases SET plan_due = true WHERE id = %s", queued.case_id)
    await set_gauges(ledger.pool)
    assert gauge("tuo_deliveries", state="queued") == 1
    assert gauge("tuo_deliveries", state="failed") == 0
    assert gauge("tuo_delivery_backlog", recipient=COUNCIL) == 1
    assert gauge("tuo_breaker_open", recipient=COUNCIL) == 1
    assert gauge("tuo_cases_unplanned") == 1
    assert (gauge("tuo_oldest_undelivered_seconds", recipient=COUNCIL) or 0) > 0
    assert gauge("tuo_oldest_undelivered_seconds", recipient="dwp.benefits") == 0


async def test_the_first_assessment_of_a_breach_shows_how_many_hours_are_left(ledger: Deliveries) -> None:
    await set_gauges(ledger.pool)
    assert math.isnan(gauge("tuo_breach_assessment_hours_left") or 0.0)
    due = datetime.now(UTC) + timedelta(hours=71)
    drafts = [TaskDraft(Cause.BREACH_ASSESSMENT, str(number), due_at=due + timedelta(hours=number)) for number in range(2)]
    async with ledger.pool.connection() as connection:
        await open_tasks(connection, drafts)
    await set_gauges(ledger.pool)
    assert 70.9 < (gauge("tuo_breach_assessment_hours_left") or 0.0) <= 71
    assert gauge("tuo_tasks_open", cause="breach-assessment") == 2


async def test_gauges_never_read_the_deliveries_as_a_whole(ledger: Deliveries) -> None:
    from hub.clock import gauges

    plan = await ledger.all(f"EXPLAIN {gauges._OLDEST.replace('%b', '%s')}", [1, 2, 5])  # the lane's open index, first entry of each
    text = "\n".join(str(row[0]) for row in plan)
    assert "Seq Scan on delivery" not in text
    assert "Limit" in text


async def test_due_deliveries_that_nobody_takes_become_a_task_and_it_is_closed_when_somebody_does(ledger: Deliveries) -> None:
    waiting = await ledger.planted(COUNCIL, state=State.QUEUED)
    await ledger.run("UPDATE delivery SET due_at = now() - interval '5 minutes', changed_at = now() - interval '5 minutes'")
    await fold_tallies(ledger.pool)
    await watch_unclaimed(ledger.pool)
    assert [cause for cause, _ in await causes(ledger)] == [Cause.UNCLAIMED]
    await ledger.run("UPDATE lane SET paused = 'asked for'")
    await watch_unclaimed(ledger.pool)
    assert await causes(ledger) == []
    await ledger.run("UPDATE lane SET paused = NULL")
    await ledger.stands(waiting.id, State.SENDING)
    await watch_unclaimed(ledger.pool)
    assert await causes(ledger) == []


async def plan(ledger: Deliveries, one: Planted, version: int = 1, delivery: object = None) -> None:
    decisions = [{"recipient": one.recipient, "decision": "allowed", "rule": "x@1", "delivery": str(delivery or one.id)}]
    unplaced = (f"council.{service}" for service in BUILT_IN["bereavement"].expected)  # nobody told where the person lived
    decisions += [{"recipient": name, "decision": "unroutable", "rule": "no-address"} for name in unplaced]
    await ledger.run("INSERT INTO register (digest, content) SELECT '', %s::jsonb WHERE NOT EXISTS (SELECT FROM register)", EMPTY)
    await ledger.run(
        "INSERT INTO plan SELECT %s, %s, max(version), now(), %s::jsonb FROM register",
        one.case_id,
        version,
        orjson.dumps(decisions).decode(),
    )


async def test_reconciliation_finds_cases_without_a_plan_and_plans_without_their_deliveries(ledger: Deliveries) -> None:
    sound, unplanned, lost = await ledger.planted(), await ledger.planted(), await ledger.planted()
    await plan(ledger, sound)
    await plan(ledger, lost)
    await ledger.run("DELETE FROM delivery WHERE id = %s", lost.id)
    assert await Reconciliation(ledger.keys).look(ledger.pool) == 2
    due = {row[0] for row in await ledger.all("SELECT id FROM cases WHERE plan_due")}
    assert due == {unplanned.case_id, lost.case_id}


async def test_a_new_day_or_a_new_register_plans_again_what_is_held(ledger: Deliveries) -> None:
    held, accepted = await ledger.planted(state=State.HELD), await ledger.planted()
    await plan(ledger, held)
    await plan(ledger, accepted)
    await fold_tallies(ledger.pool)
    await ledger.run("UPDATE tally SET state = 0 WHERE state = 1")
    agreements = Agreements()
    assert await agreements.look(ledger.pool) == 0, "planned today and under this register"
    await ledger.run("INSERT INTO register (digest, content) VALUES ('2', %s::jsonb)", EMPTY)
    assert await agreements.look(ledger.pool) == 1
    assert await ledger.all("SELECT id FROM cases WHERE plan_due") == [(held.case_id,)]
    assert await ledger.all("SELECT case_id FROM outbox") == [(held.case_id,)]
    assert await agreements.look(ledger.pool) == 0
    await ledger.run("UPDATE cases SET plan_due = false")
    await ledger.run("UPDATE plan SET register = (SELECT max(version) FROM register), planned_at = now() - interval '1 day'")
    assert await Agreements().look(ledger.pool) == 1


async def buried(ledger: Deliveries, offset: int) -> None:
    async with ledger.pool.connection() as connection:
        await bury(connection, Record("life-events", 0, offset, b"key", b"sealed", []), TOPIC_ID, "no-case", ["ce_caseid"])


async def test_trap_f_each_dead_letter_is_a_task_until_it_is_put_back_or_a_person_closes_it(ledger: Deliveries) -> None:
    for offset in range(3):
        await buried(ledger, offset)
    assert await watch_dead_letters(ledger.pool) == 3
    assert await watch_dead_letters(ledger.pool) == 0
    ids = [row[0] for row in await ledger.all("SELECT id FROM dead_letter ORDER BY id")]
    assert await causes(ledger) == [(Cause.DEAD_LETTER, str(id_)) for id_ in ids]
    async with ledger.pool.connection() as connection:
        first, *_ = await list_tasks(connection)
        assert first.evidence == {"topic": "life-events", "partition": 0, "offset": 0, "reason": "no-case", "fields": ["ce_caseid"]}
        await close_task(connection, first.id, "jo")
    await ledger.run("UPDATE dead_letter SET redriven_at = now() WHERE id = %s", ids[1])
    await buried(ledger, 9)
    assert await watch_dead_letters(ledger.pool) == 1
    assert [about for _, about in await causes(ledger)] == [str(ids[2]), str(await ledger.one("SELECT max(id) FROM dead_letter"))]


async def test_a_case_is_asked_to_be_planned_once_and_never_when_it_is_erased_or_part_of_another(ledger: Deliveries) -> None:
    stands, erased, merged = [(await ledger.planted()).case_id for _ in range(3)]
    await ledger.run("DELETE FROM outbox")
    await ledger.run("UPDATE cases SET erased_at = now() WHERE id = %s", erased)
    await ledger.run("UPDATE cases SET merged_into = %s WHERE id = %s", stands, merged)
    for expected in (1, 0):
        async with ledger.pool.connection() as connection:
            assert await ask_for_planning(connection, [stands, erased, merged]) == expected
    assert await ledger.all("SELECT case_id FROM outbox") == [(stands,)]


async def test_reconciliation_goes_through_every_case_once_a_day_however_many_pages_there_are(
    ledger: Deliveries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.clock.reconcile._PAGE", 2)
    for _ in range(5):
        await ledger.planted()
    reconciliation = Reconciliation(ledger.keys)
    assert await reconciliation.look(ledger.pool) == 5
    await ledger.run("UPDATE cases SET plan_due = false")
    assert await reconciliation.look(ledger.pool) == 0
    assert await Reconciliation(ledger.keys).look(ledger.pool) == 5


async def test_what_passes_to_a_successor_is_looked_for_by_index_and_in_the_months_before_alone(ledger: Deliveries) -> None:
    from hub.clock import successions

    ahead = bound_at(datetime.now(UTC) + timedelta(days=3650))  # behind every partition there is
    query = successions._OPEN.replace("%(recipient)b", f"'{COUNCIL}'").replace("%(before)b", "now()").replace("%(since)b", f"'{ahead}'")
    async with ledger.pool.connection() as connection, connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off")
        rows = await (await connection.execute(f"EXPLAIN {query}".encode())).fetchall()
    assert "Seq Scan on delivery" not in "\n".join(str(row[0]) for row in rows)
