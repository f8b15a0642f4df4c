"""`tuo recipients` and `tuo deadletters` as a person uses them."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from hub.broker import REDRIVEN, Record, bury, ensure_topics
from hub.local import Home
from hub.local.pids import record_pids
from hub.store import Connection
from tests.cli.conftest import ROOT, Tuo, environment
from tests.conftest import Databases
from tests.kinds.test_own_kinds import ENTRY, SCHEMA

_SHIPPED = str(ROOT / "infra/recipients")


@pytest.fixture
def installation(postgres: Databases) -> Mapping[str, str]:
    return {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url}


def test_a_faulty_folder_is_refused_with_file_line_and_what_is_accepted(tuo: Tuo, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("organisation: one\nname: One\nplaces: [E07999999]\nservices: []\n")
    checked = tuo("recipients", "check", str(tmp_path))
    assert checked.returncode == 1
    assert "one.yaml:4: services has too few members; accepted: at least 1" in checked.stdout
    (fault,) = orjson.loads(tuo("recipients", "check", str(tmp_path), "--json").stdout)["faults"]
    assert (fault["file"], fault["line"], fault["field"]) == ("one.yaml", 4, "services")


def test_entries_to_start_from_are_written_once_and_are_in_order(tuo: Tuo, tmp_path: Path) -> None:
    made = orjson.loads(tuo("recipients", "init", "E10000015", "--out", str(tmp_path), "--json").stdout)
    assert ("hertfordshire.yaml" in made["written"], len(made["written"]), made["kept"]) == (True, 11, [])
    assert tuo("recipients", "check", str(tmp_path)).returncode == 0
    (tmp_path / "stevenage.yaml").write_text("ours")
    (tmp_path / "dacorum.yaml").unlink()
    again = tuo("recipients", "init", "E10000015", "--out", str(tmp_path))
    assert again.returncode == 0
    assert f"Wrote: {tmp_path / 'dacorum.yaml'}" in again.stdout
    assert f"Kept as it was: {tmp_path / 'stevenage.yaml'}" in again.stdout
    assert (tmp_path / "stevenage.yaml").read_text() == "ours"
    assert tuo("recipients", "init", "E10000015", "--out", str(tmp_path)).returncode == 1
    refused = tuo("recipients", "init", "E07000026", "--out", str(tmp_path))
    assert refused.returncode == 1
    assert "init E06000063` writes the entry of Cumberland Council" in refused.stderr


@pytest.mark.parametrize("command", ["check", "load"])
def test_a_folder_that_is_not_there_is_named(tuo: Tuo, tmp_path: Path, command: str) -> None:
    said = tuo("recipients", command, str(tmp_path / "nowhere"))
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.startswith(f"tuo: There is no folder {tmp_path / 'nowhere'}.")


def test_recipients_are_loaded_listed_paused_and_resumed(tuo: Tuo, installation: Mapping[str, str]) -> None:
    loaded = [orjson.loads(tuo("recipients", "load", _SHIPPED, "--json", **installation).stdout) for _ in range(2)]
    assert loaded[0] == loaded[1]
    paused = tuo("recipients", "pause", "stevenage.council-tax", "--why", "system renewal", **installation)
    assert paused.returncode == 0
    assert tuo("recipients", "pause", "stevenage.council-tax", **installation).returncode == 1
    listed = {one["recipient"]: one for one in orjson.loads(tuo("recipients", "list", "--json", **installation).stdout)}
    assert len(listed) == loaded[0]["recipients"]
    assert listed["stevenage.council-tax"]["paused"] == "system renewal"
    assert listed["stevenage.council-tax"]["name"] == "Council tax, Stevenage Borough Council"
    assert tuo("recipients", "resume", "stevenage.council-tax", **installation).returncode == 0
    assert "in order" in tuo("recipients", "list", **installation).stdout


def test_a_recipient_to_whom_nothing_can_be_sent_is_listed_with_what_is_not_set_where_deliveries_are_sent(
    tuo: Tuo, registered: Mapping[str, str], home_folder: Path
) -> None:
    assert "is not set" not in tuo("recipients", "list", **registered).stdout  # who knows what another machine has
    home = Home(home_folder)
    home.prepare()
    secret = {"STEVENAGE_HOUSING_SECRET": "whsec_" + "A" * 32}
    argv = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, env=environment(home_folder, **secret)) as deliverer:
        record_pids(home, {"deliver": deliverer.pid})
        listed = {one["recipient"]: one for one in orjson.loads(tuo("recipients", "list", "--json", **registered).stdout)}
        assert listed["stevenage.council-tax"]["notSet"] == ["STEVENAGE_COUNCIL_TAX_SECRET"]
        assert listed["stevenage.housing"]["notSet"] == []
        said = tuo("recipients", "list", **{**registered, "COLUMNS": "80"}).stdout
        assert re.search("^stevenage.council-tax .*out of reach: STEVENAGE_COUNCIL_TAX_SECRET is not set", said, re.MULTILINE)


def test_some_recipients_are_listed_by_id(tuo: Tuo, registered: Mapping[str, str]) -> None:
    listed = orjson.loads(tuo("recipients", "list", "stevenage.council-tax", "stevenage.housing", "--json", **registered).stdout)
    assert [one["recipient"] for one in listed] == ["stevenage.council-tax", "stevenage.housing"]
    slip = tuo("recipients", "list", "stevenage.council-taxes", **registered)
    assert (slip.returncode, "no recipient stevenage.council-taxes" in slip.stderr) == (1, True)


def test_an_address_the_hub_does_not_send_to_is_listed_as_that(tuo: Tuo, registered: Mapping[str, str]) -> None:
    asyncio.run(_open_breaker(registered["TUO_DATABASE_URL"], "forbidden-address"))
    said = tuo("recipients", "list", "stevenage.council-tax", **registered).stdout
    assert "the hub does not send to the recipient's address" in said
    assert "TUO_ALLOW_PRIVATE_ADDRESSES=true" in said


async def _open_breaker(url: str, cause: str) -> None:
    async with await Connection.connect(url, autocommit=True) as connection:
        await connection.execute("UPDATE lane SET breaker = 1, breaker_cause = %s", (cause,))


def test_what_this_shell_lacks_is_counted_apart_from_faults(tuo: Tuo) -> None:
    said = tuo("recipients", "check", _SHIPPED)
    last = said.stdout.splitlines()[-1]
    assert re.fullmatch(r"(\d+) recipients, in order\. \d+ of them refer to what is not set in this shell; .*", last)
    assert said.returncode == 0


def test_warnings_alike_are_counted_after_the_first_and_all_of_them_listed_when_asked(tuo: Tuo) -> None:
    said = tuo("recipients", "check", _SHIPPED).stdout
    asked = [line for line in said.splitlines() if "an environment variable or a file" in line]
    assert len(asked) == 1
    assert re.search(r"^warning  and \d+ more like it, in .* more files; --all lists them$", said, re.MULTILINE)
    every = tuo("recipients", "check", _SHIPPED, "--all").stdout
    assert "more like it" not in every
    assert len(every.splitlines()) > 3 * len(said.splitlines())


def test_a_folder_without_a_kind_that_there_are_cases_of_is_warned_of_as_loading_would_refuse_it(
    tuo: Tuo, installation: Mapping[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "recipients"
    shutil.copytree(_SHIPPED, folder)
    kinds = folder / "kinds"
    kinds.mkdir()
    (kinds / "leaving-care.yaml").write_bytes(orjson.dumps({**ENTRY, "expected": []}))
    (kinds / "leaving-care.schema.json").write_bytes(orjson.dumps(SCHEMA))
    said = tuo("recipients", "check", str(folder), **installation).stdout
    assert "1 kind of their own (leaving-care), in order" in said
    assert tuo("recipients", "load", str(folder), **installation).returncode == 0
    asyncio.run(_open_case_of(installation["TUO_DATABASE_URL"], "leaving-care"))
    assert "in order" in tuo("recipients", "check", str(folder), **installation).stdout
    shutil.rmtree(kinds)
    refused = tuo("recipients", "load", str(folder), **installation)
    assert (refused.returncode, "cases of leaving-care" in refused.stderr) == (1, True)
    checked = tuo("recipients", "check", str(folder), **installation)
    assert (checked.returncode, "in order" in checked.stdout) == (0, False)
    assert checked.stdout.startswith("warning  kinds/leaving-care.yaml:1: the file is not there, and the hub has cases of this kind")


async def _open_case_of(url: str, kind: str) -> None:
    async with await Connection.connect(url, autocommit=True) as connection:
        await connection.execute(
            "INSERT INTO cases (id, subject, kind, newest, effective, standing, fact, source_time, opened_at)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), %s, 1, 1, 1, 1, now(), now())",
            (kind,),
        )


def test_dead_letters_are_listed_shown_without_their_content_and_put_back(tuo: Tuo, installation: Mapping[str, str], kafka: str) -> None:
    topic = f"test-{uuid4().hex[:12]}"
    record = Record(topic, 0, 7, b"key", b"sealed-content", [("ce_type", b"t")])
    asyncio.run(_bury(installation["TUO_DATABASE_URL"], kafka, record))
    (letter,) = orjson.loads(tuo("deadletters", "list", "--json", **installation).stdout)
    assert (letter["topic"], letter["reason"], letter["paths"]) == (topic, "no-case", ["ce_caseid"])
    shown = tuo("deadletters", "show", str(letter["id"]), **installation)
    assert "ce_type" in shown.stdout
    assert "sealed-content" not in shown.stdout
    redriven = tuo("deadletters", "redrive", "--all", "--json", TUO_KAFKA_BOOTSTRAP=kafka, **installation)
    assert orjson.loads(redriven.stdout)["redriven"] == [letter["id"]]
    assert redriven.returncode == 0
    assert orjson.loads(tuo("deadletters", "list", "--json", **installation).stdout) == []
    assert tuo("deadletters", "show", "999", **installation).returncode == 1


def test_a_dead_letter_that_is_odd_in_every_way_is_listed_shown_and_put_back_beside_those_that_cannot_be(
    tuo: Tuo, installation: Mapping[str, str], kafka: str
) -> None:
    topic = f"test-{uuid4().hex[:12]}"
    odd = Record(topic, 0, 1, None, b"", [("[/red]", b"[/red]"), ("x", None), (REDRIVEN, b"9" * 5_000)])
    lost = Record(f"{topic}-gone", 0, 0, b"key", b"v"), Record(topic, 0, 2, None, None)
    asyncio.run(_bury(installation["TUO_DATABASE_URL"], kafka, Record(topic, 0, 0, b"key", b"v" * 1_100_000), odd, *lost))
    large, letter, gone, empty = orjson.loads(tuo("deadletters", "list", "--json", **installation).stdout)
    assert "no-case" in tuo("deadletters", "list", **installation).stdout
    assert "[/red]" in tuo("deadletters", "show", str(letter["id"]), **installation).stdout
    redriven = tuo("deadletters", "redrive", "--all", "--json", TUO_KAFKA_BOOTSTRAP=kafka, **installation)
    assert orjson.loads(redriven.stdout) == {
        "redriven": [letter["id"]],
        "tooLarge": [large["id"]],
        "topicGone": [gone["id"]],
        "nothingKept": [empty["id"]],
        "unknown": [],
    }
    assert redriven.returncode == 1
    again = tuo("deadletters", "redrive", str(large["id"]), str(empty["id"]), TUO_KAFKA_BOOTSTRAP=kafka, **installation)
    assert again.stdout == f"Put back 0. Too large for their topics: {large['id']}. Nothing was kept of: {empty['id']}.\n"
    assert (again.returncode, again.stderr) == (1, "")


async def _bury(url: str, kafka: str, *records: Record) -> None:
    await ensure_topics(kafka, records[0].topic)
    async with await Connection.connect(url, autocommit=True) as connection:
        for record in records:
            await bury(connection, record, uuid4(), "no-case", ["ce_caseid"])
