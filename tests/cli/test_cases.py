"""`tuo cases` as a registrar uses it: looking at two cases, merging them, and taking that back."""

import getpass
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

import orjson
import pytest

from hub.cases import group_reference
from hub.privacy import Blind, Keys
from hub.store import open_pool
from tests.cases.conftest import Ledger
from tests.cases.deaths import death, informal
from tests.cli.conftest import Tuo
from tests.conftest import Databases

LOOKS = "SELECT case_id, viewed_by, reason FROM viewing ORDER BY id"


@dataclass(frozen=True, slots=True)
class Desk:
    """An installation with a case of a registrar and one of a relative, proposed as one."""

    ledger: Ledger
    variables: Mapping[str, str]
    one: str
    other: str


@pytest.fixture
async def desk(postgres: Databases) -> AsyncIterator[Desk]:
    secret = {f"TUO_{name}_KEY": secrets.token_hex(32) for name in ("MASTER", "BLIND", "LINK")}
    variables = {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url, **secret}
    master, blind, link = (bytes.fromhex(one) for one in secret.values())
    async with await open_pool(postgres.database_url, size=2) as pool, await open_pool(postgres.keystore_url, size=2) as keystore:
        ledger = Ledger(pool, keystore, Keys(keystore, master), Blind(blind, link))
        await ledger.rows(
            "INSERT INTO client (id, name, source_kind, key_hash) VALUES ('family', 'Mrs Secret', 'citizen', '') RETURNING 1",
        )
        who = informal(70).notification.data.model_dump(mode="json", by_alias=True, exclude_none=True)["deceased"]
        one = await ledger.tell_one(death(70, deceased={name: said for name, said in who.items() if name != "nino"}))
        other = await ledger.tell_one(
            informal(70, minute=1, deceased=who | {"usualAddress": {"lines": ["[b]2[/b] Low Street"], "postcode": "SG1 1AA"}})
        )
        yield Desk(ledger, variables, str(one.case_id), str(other.case_id))


async def test_a_pair_is_shown_side_by_side_and_every_look_is_recorded(tuo: Tuo, desk: Desk) -> None:
    said = tuo("cases", "review", "--json", **desk.variables)
    assert said.returncode == 0, said.stderr
    shown = orjson.loads(said.stdout)
    first, second = (case["case"] for case in shown["cases"])
    assert {first, second} == {desk.one, desk.other}
    likeness = {field["path"]: field["likeness"] for field in shown["compared"]}
    assert likeness["deceased.names.family"] == "same"
    assert likeness["deceased.usualAddress.lines"] == "different"
    assert likeness["deceased.nino"] == "one only"
    assert shown["waiting"] == 1
    tellers = [case["tellers"][0]["sourceKind"] for case in shown["cases"]]
    assert sorted(tellers, key=str) == [None, "citizen"]
    assert "Secret" not in said.stdout
    looked = {(str(case), by, why) for case, by, why in await desk.ledger.rows(LOOKS)}
    assert looked == {(case, getpass.getuser(), "to decide whether two cases are one") for case in (desk.one, desk.other)}


async def test_a_case_is_opened_for_a_reason_and_says_what_it_says_as_it_was_written(tuo: Tuo, desk: Desk) -> None:
    assert tuo("cases", "show", desk.other, **desk.variables).returncode == 2
    assert tuo("cases", "show", desk.other, "--why", " ", **desk.variables).returncode == 1
    unknown = tuo("cases", "show", str(uuid4()), "--why", "an enquiry", **desk.variables)
    assert (unknown.returncode, "knows no such case" in unknown.stderr) == (1, True)
    assert await desk.ledger.rows(LOOKS) == []
    said = tuo("cases", "show", desk.other, "--why", "an enquiry", **desk.variables)
    assert said.returncode == 0, said.stderr
    assert "[b]2[/b] Low Street" in said.stdout
    assert "citizen" in said.stdout
    assert [(str(case), why) for case, _, why in await desk.ledger.rows(LOOKS)] == [(desk.other, "an enquiry")]


async def test_nothing_is_opened_with_another_master_key(tuo: Tuo, desk: Desk) -> None:
    said = tuo("cases", "show", desk.one, "--why", "an enquiry", **{**desk.variables, "TUO_MASTER_KEY": secrets.token_hex(32)})
    assert said.returncode == 1
    assert "TUO_MASTER_KEY" in said.stderr
    assert "Planted" not in said.stdout + said.stderr


async def test_a_merge_is_made_seen_and_undone(tuo: Tuo, desk: Desk) -> None:
    assert tuo("cases", "merge", desk.one, desk.other, **desk.variables).returncode == 0
    part = orjson.loads(tuo("cases", "show", desk.other, "--why", "an enquiry", "--json", **desk.variables).stdout)
    assert part["partOf"] == desk.one
    undone = tuo("cases", "undo", desk.one, desk.other, "--json", **desk.variables)
    assert undone.returncode == 0, undone.stderr
    assert orjson.loads(undone.stdout)["other"] == desk.other
    twice = tuo("cases", "undo", desk.one, desk.other, **desk.variables)
    assert (twice.returncode, "two cases already" in twice.stderr) == (1, True)
    assert orjson.loads(tuo("cases", "list", "--json", **desk.variables).stdout)[0]["decision"] == "kept-apart"
    assert "No two cases wait" in tuo("cases", "review", **desk.variables).stdout
    again = tuo("cases", "review", desk.one, desk.other, **desk.variables)
    assert "tuo cases merge" in again.stdout


async def test_a_case_is_named_by_its_reference_as_by_its_id(tuo: Tuo, desk: Desk) -> None:
    codes = dict(await desk.ledger.rows("SELECT case_id::text, code FROM reference"))
    one, other = (group_reference(codes[case]) for case in (desk.one, desk.other))
    listed = tuo("cases", "list", **desk.variables).stdout
    assert one in listed
    assert desk.one not in listed
    [pair] = orjson.loads(tuo("cases", "list", "--json", **desk.variables).stdout)
    assert {pair["caseA"]: pair["referenceA"], pair["caseB"]: pair["referenceB"]} == codes
    shown = tuo("cases", "show", one, "--why", "an enquiry", "--json", **desk.variables)
    assert orjson.loads(shown.stdout)["case"] == desk.one
    reviewed = tuo("cases", "review", one, desk.other, **desk.variables).stdout
    assert f'tuo cases merge "{one}" "{other}"' in reviewed
    assert "Nothing has been disclosed" in tuo("cases", "disclosures", desk.one, **desk.variables).stdout
    assert tuo("cases", "merge", one, other, **desk.variables).returncode == 0
    part = orjson.loads(tuo("cases", "show", other, "--why", "an enquiry", "--json", **desk.variables).stdout)
    assert (part["case"], part["partOf"]) == (desk.other, desk.one)
    assert tuo("cases", "undo", other, one, **desk.variables).returncode == 0
    for neither in ("12345", "4KXR D7WM 2PYM"):
        refused = tuo("cases", "show", neither, "--why", "an enquiry", **desk.variables)
        assert (refused.returncode, refused.stderr.startswith("tuo: ")) == (1, True), refused.stderr
