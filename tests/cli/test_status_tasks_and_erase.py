"""`tuo status`, `tuo tasks` and `tuo erase` as a person uses them."""

import asyncio
import secrets
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from hub.cases import group_reference, new_reference
from hub.local import Home
from hub.local.pids import record_pids
from hub.privacy import Keys
from hub.recipients import load
from hub.store import open_pool
from hub.tasks import Cause, TaskDraft, open_tasks
from schemas import State
from tests.cli.conftest import ROOT, Tuo, environment
from tests.conftest import Databases
from tests.tracking.conftest import Deliveries
from tests.tracking.register import small_register

COUNCIL = "stevenage.council-tax"


@pytest.fixture
def installation(postgres: Databases, kafka: str) -> Mapping[str, str]:
    secret = {f"TUO_{name}_KEY": secrets.token_hex(32) for name in ("MASTER", "BLIND", "LINK")}
    urls = {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url, "TUO_KAFKA_BOOTSTRAP": kafka}
    return {**urls, **secret}


@pytest.fixture
def reference(installation: Mapping[str, str]) -> str:
    """A case with one delivery that failed, its task, and the reference its teller keeps."""
    return asyncio.run(_planted(installation))


async def _planted(installation: Mapping[str, str]) -> str:
    reference, url = new_reference(), installation["TUO_DATABASE_URL"]
    async with await open_pool(url) as pool, await open_pool(installation["TUO_KEYSTORE_URL"], size=2) as keystore:
        ledger = Deliveries(pool, Keys(keystore, bytes.fromhex(installation["TUO_MASTER_KEY"])))
        async with pool.connection() as connection:
            await load(connection, small_register())
        one = await ledger.planted(COUNCIL, state=State.FAILED)
        decisions = orjson.dumps([{"recipient": COUNCIL, "decision": "allowed", "rule": "x@1", "delivery": str(one.id)}]).decode()
        await ledger.run("INSERT INTO plan SELECT %s, 1, max(version), now(), %s::jsonb FROM register", one.case_id, decisions)
        await ledger.run("INSERT INTO reference (code, case_id, client) VALUES (%s, %s, 'registrar')", reference, one.case_id)
        async with pool.connection() as connection:
            await open_tasks(connection, [TaskDraft(Cause.FAILED, str(one.id), one.case_id, one.id, COUNCIL)])
    return reference


def test_an_assessment_of_a_breach_shows_how_many_hours_are_left(tuo: Tuo, installation: Mapping[str, str], reference: str) -> None:
    asyncio.run(_breach(installation))
    listed = orjson.loads(tuo("tasks", "list", "--cause", "breach-assessment", "--json", **installation).stdout)
    assert [task["hoursLeft"] for task in listed] == [70]
    assert "70 hours left" in tuo("tasks", "list", COLUMNS="300", **installation).stdout


async def _breach(installation: Mapping[str, str]) -> None:
    due = datetime.now(UTC) + timedelta(hours=70, minutes=30)
    async with await open_pool(installation["TUO_DATABASE_URL"]) as pool, pool.connection() as connection:
        await open_tasks(connection, [TaskDraft(Cause.BREACH_ASSESSMENT, "one", due_at=due)])


def test_status_shows_a_table_a_document_and_whether_everybody_is_told(tuo: Tuo, installation: Mapping[str, str], reference: str) -> None:
    shown = tuo("status", group_reference(reference), **installation)
    assert shown.returncode == 1, shown.stderr
    assert "Council tax, Stevenage Borough Council" in shown.stdout
    assert "needs attention" in shown.stdout
    assert shown.stderr == ""
    document = orjson.loads(tuo("status", reference, "--json", **installation).stdout)
    assert [(one["recipient"], one["state"]) for one in document["deliveries"]] == [(COUNCIL, "failed")]


def test_what_is_no_reference_is_said_to_be_none(tuo: Tuo, installation: Mapping[str, str]) -> None:
    slip = tuo("status", "ABCD EFGH IJKL", **installation)
    assert (slip.returncode, "Look for a slip" in slip.stderr) == (1, True)
    unknown = tuo("status", new_reference(), **installation)
    assert (unknown.returncode, "never gave this reference" in unknown.stderr) == (1, True)


def test_tasks_are_listed_with_what_settles_them_and_closed_by_number(tuo: Tuo, installation: Mapping[str, str], reference: str) -> None:
    [task] = orjson.loads(tuo("tasks", "list", "--json", **installation).stdout)
    assert (task["cause"], task["recipient"]) == ("failed", COUNCIL)
    assert task["reference"] == reference
    assert task["settledBy"].startswith("`tuo deliveries redrive`")
    assert group_reference(reference) in tuo("tasks", "list", **installation).stdout
    assert tuo("tasks", "close", str(task["id"]), **installation).returncode == 0
    again = tuo("tasks", "close", str(task["id"]), **installation)
    assert (again.returncode, "no open task" in again.stderr) == (1, True)
    assert "Nothing waits for a person." in tuo("tasks", "list", **installation).stdout


def test_a_task_says_what_this_home_knows_of_its_cause(tuo: Tuo, installation: Mapping[str, str], home_folder: Path) -> None:
    home = Home(home_folder)
    home.prepare()
    drafts = [
        TaskDraft(Cause.UNCLAIMED, "1", recipient="stevenage.housing"),
        TaskDraft(Cause.ENDPOINT_FAULT, COUNCIL, recipient=COUNCIL, evidence={"cause": "forbidden-address"}),
        TaskDraft(Cause.ENDPOINT_FAULT, "other", recipient="other", evidence={"cause": "http-401"}),
    ]
    tuo("recipients", "load", str(ROOT / "infra/recipients"), **installation)
    asyncio.run(_open(installation["TUO_DATABASE_URL"], drafts))
    argv = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env=environment(home_folder)) as deliverer:
        record_pids(home, {"deliver": deliverer.pid})
        theirs, ours, unclaimed = orjson.loads(tuo("tasks", "list", "--json", **installation).stdout)
    assert unclaimed["sentence"] == "Deliveries are due and cannot be sent: STEVENAGE_HOUSING_SECRET is not set."
    assert "the hub does not send" in ours["sentence"]
    assert "TUO_ALLOW_PRIVATE_ADDRESSES=true" in ours["sentence"]
    assert theirs["sentence"] == Cause.ENDPOINT_FAULT.sentence


async def _open(url: str, drafts: list[TaskDraft]) -> None:
    async with await open_pool(url, size=1) as pool, pool.connection() as connection:
        await open_tasks(connection, drafts)


def test_erase_destroys_the_keys_and_status_then_says_so(tuo: Tuo, installation: Mapping[str, str], reference: str) -> None:
    done = tuo("erase", reference, "--yes", "--json", **installation)
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["keys"] == 2
    assert "was erased" in tuo("status", reference, **installation).stderr
    assert orjson.loads(tuo("erase", "--replay", "--json", **installation).stdout) == {"replayed": 1}
