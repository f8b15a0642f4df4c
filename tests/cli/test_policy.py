"""`tuo policy` as a data-protection officer uses it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

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
