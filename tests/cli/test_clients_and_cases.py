"""`tuo clients` and `tuo cases` as a person uses them."""

import secrets
from collections.abc import Mapping
from uuid import uuid4

import orjson
import pytest

from tests.cli.conftest import ROOT, Tuo
from tests.conftest import Databases

_WHOSE = ((), ("--recipient", "stevenage.counciltax"), ("--recipient", "stevenage.council-tax"))


@pytest.fixture
def installation(postgres: Databases) -> Mapping[str, str]:
    secret = {f"TUO_{name}_KEY": secrets.token_hex(32) for name in ("MASTER", "BLIND", "LINK")}
    return {"TUO_DATABASE_URL": postgres.database_url, "TUO_KEYSTORE_URL": postgres.keystore_url, **secret}


def test_a_client_is_added_listed_and_revoked_and_its_key_is_shown_once(tuo: Tuo, installation: Mapping[str, str]) -> None:
    added = tuo("clients", "add", "Stevenage Registrars", "--source-kind", "registrar", "--json", **installation)
    key = orjson.loads(added.stdout)["key"]
    assert key.startswith("tuo_")
    listed = tuo("clients", "list", "--json", **installation)
    assert key not in listed.stdout
    assert [(c["id"], c["sourceKind"], c["active"]) for c in orjson.loads(listed.stdout)] == [("stevenage-registrars", "registrar", True)]
    again = tuo("clients", "add", "Stevenage registrars", "--source-kind", "registrar", **installation)
    assert (again.returncode, "already" in again.stderr) == (1, True)
    assert tuo("clients", "revoke", "stevenage-registrars", **installation).returncode == 0
    assert tuo("clients", "revoke", "stevenage-registrars", **installation).returncode == 1
    assert not orjson.loads(tuo("clients", "list", "--json", **installation).stdout)[0]["active"]


def test_a_recipients_key_is_for_a_recipient_that_is_known(tuo: Tuo, installation: Mapping[str, str]) -> None:
    add = ("clients", "add", "Council tax", "--source-kind", "recipient")
    assert tuo("recipients", "load", str(ROOT / "infra/recipients"), **installation).returncode == 0
    nobody, slip, right = (tuo(*add, *whose, **installation) for whose in _WHOSE)
    assert (nobody.returncode, "say which" in nobody.stderr) == (1, True)
    assert (slip.returncode, "Is it stevenage.council-tax?" in slip.stderr) == (1, True)
    assert right.returncode == 0
    (listed,) = orjson.loads(tuo("clients", "list", "--json", **installation).stdout)
    assert listed["recipient"] == "stevenage.council-tax"


def test_cases_nobody_knows_are_refused_with_a_sentence(tuo: Tuo, installation: Mapping[str, str]) -> None:
    refused = tuo("cases", "merge", str(uuid4()), str(uuid4()), **installation)
    assert refused.returncode == 1
    assert "tuo cases list --proposed" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert orjson.loads(tuo("cases", "list", "--proposed", "--json", **installation).stdout) == []
