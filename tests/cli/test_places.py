"""`tuo places` as an officer uses it."""

from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

from tests.cli.conftest import ROOT, Tuo
from tests.conftest import Databases
from tests.places.source import SHETLAND, write_source

_NOWHERE = {"TUO_DATABASE_URL": "postgresql://tuo@127.0.0.1:1/tuo"}


@pytest.fixture
def installation(postgres: Databases) -> Mapping[str, str]:
    return {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url}


def test_a_postcode_is_looked_up_without_a_hub(tuo: Tuo) -> None:
    said = tuo("places", "lookup", "sg1", "1aa", "--on", "2026-03-12", **_NOWHERE)
    assert (said.returncode, said.stderr) == (0, "")
    for part in ("SG1 1AA on 2026-03-12", "E07000243  Stevenage Borough Council", "E10000015  Hertfordshire County Council", "E05015632"):
        assert part in said.stdout
    assert "Which services would be asked is not known here" in said.stdout


def test_with_a_hub_it_says_who_would_be_asked(tuo: Tuo, installation: Mapping[str, str]) -> None:
    tuo("recipients", "load", str(ROOT / "infra/recipients"), **installation)
    said = tuo("places", "lookup", "L1 8JQ", "--kind", "bereavement", **installation)
    assert "merseytravel.concessionary-travel" in said.stdout
    assert "E47000004" in said.stdout
    elsewhere = tuo("places", "lookup", "CA1 1AA", **installation).stdout
    assert elsewhere.count("Nobody runs council-tax here: what is for it (bereavement,") == 1
    assert max(map(len, elsewhere.splitlines())) <= 100
    nowhere = tuo("places", "lookup", "BT1 5GS", "--kind", "bereavement", **installation).stdout
    assert "Nobody runs council-tax here: what is for it (bereavement) becomes a task." in nowhere
    answer = orjson.loads(tuo("places", "lookup", "SG1 1AA", "--kind", "bereavement", "--json", **installation).stdout)
    assert answer["missing"] == []
    assert "stevenage.council-tax" in {one["recipient"] for one in answer["services"]}


def test_for_a_day_before_the_edition_it_says_why_the_councils_are_those_of_the_edition(tuo: Tuo) -> None:
    said = tuo("places", "lookup", "CA1 1AA", "--on", "2022-05-01", **_NOWHERE).stdout
    assert "Cumberland Council took over on 1 April 2023 from Allerdale Borough Council, Carlisle City Council" in " ".join(said.split())


def test_where_there_is_no_council_it_says_why_and_ends_with_1(tuo: Tuo) -> None:
    said = tuo("places", "lookup", "BT1 5GS", **_NOWHERE)
    assert said.returncode == 1
    assert "No council can be named (northern-ireland). The address is in Northern Ireland" in said.stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("SG1 1A",), "This is not a British postcode. Write one such as SG1 1AA"),
        (("SG1 1AA", "--on", "1 April"), "--on 1 April is not a day. Write it as 2027-04-01"),
        (("SG1 1AA", "--kind", "burial"), "burial is no kind of event. Known: bereavement"),
    ],
)
def test_a_slip_is_answered_with_a_sentence_that_helps(tuo: Tuo, typed: tuple[str, ...], said: str) -> None:
    ended = tuo("places", "lookup", *typed, **_NOWHERE)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert said in ended.stderr


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_source(tmp_path / "source", [("ZE1 0AA", "", "S12000027", "S13000001")], {"S13000001": "North"}, [SHETLAND])


def test_an_update_says_what_changes_and_writes_only_when_told_to(tuo: Tuo, source: Path, tmp_path: Path) -> None:
    places = {"TUO_PLACES_DIR": str(tmp_path / "places"), **_NOWHERE}
    looked = tuo("places", "update", str(source), "--edition", "2026-02-10", **places)
    assert looked.returncode == 0, looked.stderr
    assert "0 added, 1,745,848 gone" in looked.stdout
    assert "more: --json lists all." in looked.stdout
    assert "Nothing was written" in looked.stdout
    assert not (tmp_path / "places").exists()
    refused = tuo("places", "update", str(source), "--edition", "2026-02-10", "--write", **places)
    assert "1,745,848 of 1,745,849 postcodes would be gone, more than 5 %" in refused.stderr
    assert (refused.returncode, (tmp_path / "places").exists()) == (1, False)
    written = tuo("places", "update", str(source), "--edition", "2026-02-10", "--write", "--anyway", "--json", **places)
    assert orjson.loads(written.stdout)["writtenTo"] == str(tmp_path / "places")
    assert "postcodes of 2026-02-10" in tuo("places", "lookup", "ZE1 0AA", **places).stdout
    assert "unknown-postcode" in tuo("places", "lookup", "SG1 1AA", **places).stdout


def test_an_update_names_the_recipients_of_councils_that_end_or_are_gone(tuo: Tuo, source: Path, installation: Mapping[str, str]) -> None:
    tuo("recipients", "load", str(ROOT / "infra/recipients"), **installation)
    found = orjson.loads(tuo("places", "update", str(source), "--json", **installation).stdout)["recipients"]
    assert {"recipient": "stevenage.council-tax", "code": "E07000243", "fault": "which the new register does not know"} in found


def test_what_is_shipped_is_never_written(tuo: Tuo, source: Path) -> None:
    said = tuo("places", "update", str(source), "--write", **_NOWHERE)
    assert said.returncode == 1
    assert "TUO_PLACES_DIR" in said.stderr


def test_registers_that_are_missing_or_of_another_form_are_named(tuo: Tuo, source: Path) -> None:
    (source / "areas.csv").write_text("code\n")
    assert "areas.csv has no column gss, name. Nothing was changed." in tuo("places", "update", str(source), **_NOWHERE).stderr
    (source / "areas.csv").unlink()
    assert (
        "has no areas.csv. It must hold postcodes.csv.xz, areas.csv, local-authorities.csv" in tuo("places", "update", str(source)).stderr
    )


def test_a_process_without_readable_places_does_not_start_and_the_doctor_says_so(tuo: Tuo, tmp_path: Path) -> None:
    lacking = {"TUO_PLACES_DIR": str(tmp_path), **{f"TUO_{name}_KEY": "11" * 32 for name in ("MASTER", "BLIND", "LINK")}, **_NOWHERE}
    said = tuo("run", "plan", **lacking)
    assert said.returncode == 1
    assert "The places cannot be read" in said.stderr
    found = {one["what"]: one for one in orjson.loads(tuo("doctor", "--json", **lacking).stdout)["findings"]}
    assert (found["places"]["verdict"], "tuo places update" in found["places"]["found"]) == ("fail", True)
