"""`tuo policy` as a data-protection officer uses it."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest
from psycopg import AsyncConnection

from hub.cases import group_reference, new_reference
from tests.cli.conftest import ROOT, Tuo

_SHIPPED = ROOT / "infra/recipients"
_ASK = ("policy", "explain", "--kind", "bereavement", "--recipient", "stevenage.council-tax")


def test_allowed_held_and_prohibited_are_said_with_rule_source_and_the_citizens_sentence(tuo: Tuo, registered: Mapping[str, str]) -> None:
    for field, verdict, rule in (
        ("deceased.usualAddress", "allowed", "stevenage-council-tax-bereavement@1"),
        ("deceased.maritalStatus", "held", "not-agreed"),
        ("deceased.nino", "prohibited", "no-nino-no-sex"),
    ):
        answer = orjson.loads(tuo(*_ASK, "--field", field, "--json", **registered).stdout)
        assert (answer["verdict"], answer["rule"]) == (verdict, rule)
        assert answer["source"]
        assert answer["sentence"].endswith(".")
    said = tuo(*_ASK, **registered).stdout
    assert said.startswith("bereavement to stevenage.council-tax: allowed\nRule: stevenage-council-tax-bereavement@1\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "bereavement"), "--kind and --recipient, or --case"),
        (("--kind", "burial", "--recipient", "stevenage.council-tax"), "accepted: bereavement, "),
        (("--kind", "bereavement", "--recipient", "stevenage.council-taxes"), "accepted: stevenage.council-tax, "),
        (("--kind", "bereavement", "--recipient", "nosuch"), " more: `tuo recipients list`"),
        (("--case", "AAAA"), "This is not a reference"),
        (("--case", "4KXR D7WM 2PYM"), "The hub never gave this reference"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(
    tuo: Tuo, registered: Mapping[str, str], arguments: tuple[str, ...], said: str
) -> None:
    done = tuo("policy", "explain", *arguments, **registered)
    assert (done.returncode, done.stdout, said in done.stderr) == (1, "", True), done.stderr


def test_a_folder_is_compared_with_the_register_in_use(tuo: Tuo, registered: Mapping[str, str], tmp_path: Path) -> None:
    assert tuo("policy", "diff", str(_SHIPPED), **registered).stdout == "Nothing would change.\n"
    folder = tmp_path / "recipients"
    shutil.copytree(_SHIPPED, folder)
    entry = folder / "dvla.yaml"
    entry.write_text(entry.read_text().replace("deceased.drivingLicence, ", "").replace("dvla-keepers-bereavement", "dvla-keepers"))
    assert tuo("policy", "diff", str(folder), **registered).stdout.splitlines() == [
        "dvla-keepers-bereavement@1 is gone: nothing is told under it any more",
        "dvla-keepers@1 is new",
        "dvla-licences-bereavement@1: fields loses deceased.drivingLicence",
    ]
    changed = orjson.loads(tuo("policy", "diff", str(folder), "--json", **registered).stdout)
    assert [(one["change"], one["key"]) for one in changed] == [("gone", ""), ("added", ""), ("changed", "fields")]
    entry.write_text("organisation: dvla\n")
    faulty = tuo("policy", "diff", str(folder), **registered)
    assert (faulty.returncode, "dvla.yaml" in faulty.stderr) == (1, True)


def test_until_when_something_is_held_is_said_in_days_of_this_country(tuo: Tuo, registered: Mapping[str, str]) -> None:
    until, reference = "2027-03-31T23:00:00+00:00", new_reference()
    asyncio.run(_held(registered["TUO_DATABASE_URL"], reference, until))
    asked = ("policy", "explain", "--case", group_reference(reference))
    assert "on 1 April 2027" in tuo(*asked, **registered).stdout
    assert [one["until"] for one in orjson.loads(tuo(*asked, "--json", **registered).stdout)] == [until]


async def _held(url: str, reference: str, until: str) -> None:
    decision = {"recipient": "stevenage.council-tax", "decision": "held", "rule": "not-due-yet", "until": until}
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(
            "WITH one AS (INSERT INTO cases (id, subject, kind, newest, effective, standing, fact, source_time, opened_at)"
            " VALUES (gen_random_uuid(), gen_random_uuid(), 'bereavement', 1, 1, 2, 1, now(), now()) RETURNING id),"
            " given AS (INSERT INTO reference (code, case_id, client) SELECT %s, id, 'registrar' FROM one)"
            " INSERT INTO plan SELECT id, 1, (SELECT max(version) FROM register), now(), %s::jsonb FROM one",
            (reference, orjson.dumps([decision]).decode()),
        )
