"""The register's files are read whole, or every fault in them is said with its line and what is accepted."""

import base64
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from hub.cli.kinds import checks
from hub.recipients import Fault, Register, read, resolve
from hub.settings import Settings
from schemas.days import today

_ENTRY = """\
organisation: stevenage
name: Stevenage Borough Council
places: [E07000243]
services:
  - service: council-tax
    name: Council tax
    kinds: [bereavement]
    connector: webhook
    settings:
      url: https://tax.example.org/in
      secrets: ["${TAX_SECRET}"]
    answersWithin: 5 days
agreements:
  - id: stevenage-council-tax
    recipient: stevenage.council-tax
    kind: bereavement
    protocol: P-17
    impactAssessment: D-4
    asks: statute
    sender: {power: a power, basis: a basis}
    receiver: {power: a power, basis: a basis}
    fields: [deceased.names, deceased.usualAddress]
"""


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAX_SECRET", "whsec_" + base64.b64encode(b"x" * 32).decode())


def _read(folder: Path, **files: str) -> Register | list[Fault]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return read(folder, checks(Settings()))


def _faults(folder: Path, **files: str) -> list[Fault]:
    found = _read(folder, **files)
    assert isinstance(found, list), "no fault was found"
    return found


def test_a_good_folder_is_read_and_kept_with_its_references(tmp_path: Path) -> None:
    register = _read(tmp_path, stevenage=_ENTRY)
    assert isinstance(register, Register)
    assert list(register.recipients) == ["stevenage.council-tax"]
    assert b"whsec_" not in register.content
    settings = resolve(register.recipients["stevenage.council-tax"].entry.settings)
    assert settings["secrets"][0].startswith("whsec_")


def test_the_same_entries_have_the_same_digest_however_they_are_written(tmp_path: Path) -> None:
    before = _read(tmp_path, stevenage=_ENTRY)
    after = _read(tmp_path, stevenage=_ENTRY.replace("[deceased.names, deceased.usualAddress]", "[deceased.usualAddress, deceased.names]"))
    assert isinstance(before, Register)
    assert isinstance(after, Register)
    assert before.digest == after.digest


@pytest.mark.parametrize(
    ("wrong", "right", "line", "said"),
    [
        ("places: [E07999999]", "places: [E07000243]", 3, "no council"),
        ("places: [{code: E07000243, from: soon}]", "places: [E07000243]", 3, "is not a date"),
        ("places: [{code: E07000243, form: 2027-04-01}]", "places: [E07000243]", 3, "not known"),
        ("places: [{code: E07999999, from: 2027-04-01}]", "places: [E07000243]", 3, "no council"),
        ("places: [{code: E07000243, from: 2027-04-01, until: 2027-04-01}]", "places: [E07000243]", 3, "before it begins"),
        ("kinds: [burial]", "kinds: [bereavement]", 7, "no kind of event"),
        ("connector: pigeon", "connector: webhook", 8, "not known"),
        ("url: ftp://tax.example.org/in", "url: https://tax.example.org/in", 10, "http or https"),
        ('secrets: ["whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"]', 'secrets: ["${TAX_SECRET}"]', 11, "secret in clear"),
        ('secrets: ["${TUO_MASTER_KEY}"]', 'secrets: ["${TAX_SECRET}"]', 11, "a setting of the hub itself"),
        ("answersWithin: soon", "answersWithin: 5 days", 12, "`5 days`"),
        ("answersWithin: 999999 weeks", "answersWithin: 5 days", 12, "`260 weeks`"),
        ("answersWithin: 9999999 weeks", "answersWithin: 5 days", 12, "`260 weeks`"),
        ("recipient: stevenage.housing", "recipient: stevenage.council-tax", 15, "not in the register"),
        ("fields: [deceased.shoeSize]", "fields: [deceased.names, deceased.usualAddress]", 22, "does not have"),
        ("fields: [deceased.nino]", "fields: [deceased.names, deceased.usualAddress]", 22, "no-nino-no-sex (UK GDPR Article 5(1)(c)"),
        ("fields: [spouse]", "fields: [deceased.names, deceased.usualAddress]", 22, "no-nino-no-sex (UK GDPR Article 5(1)(c)"),
        ("fields: [freeText]", "fields: [deceased.names, deceased.usualAddress]", 22, "free-text (UK GDPR Article 5(1)(c)"),
        ("asks: nobody", "asks: statute", 19, "not known"),
        ("answers: [maybe]\n    asks: statute", "asks: statute", 19, "is not known"),
        ("signedBy: the council\n    asks: statute", "asks: statute", 14, "only half of who signed"),
        ("mark: null\n    standing: informal\n    asks: statute", "asks: statute", 19, "is taken away"),
        ("fileds: [deceased.names]", "fields: [deceased.names, deceased.usualAddress]", 22, "not known"),
        ("name: again\nname: Stevenage", "name: Stevenage Borough Council", 3, "given twice"),
        ("places: *other", "places: [E07000243]", 3, "not YAML"),
        ("ends: 2026-02-30\n    protocol: P-17", "protocol: P-17", 17, "looks like a date"),
        ("ends: !!timestamp soon\n    protocol: P-17", "protocol: P-17", 17, "looks like a date"),
        ("version: !!int x\n    protocol: P-17", "protocol: P-17", 17, "looks like a whole number"),
        ("version: !!int ''\n    protocol: P-17", "protocol: P-17", 17, "looks like a whole number"),
        (f"version: {'9' * 5000}\n    protocol: P-17", "protocol: P-17", 17, "looks like a whole number"),
        (f"version: 0x{'f' * 5000}\n    protocol: P-17", "protocol: P-17", 17, "too large"),
        ("url: .nan", "url: https://tax.example.org/in", 10, "too large"),
        ("url: !!bool maybe", "url: https://tax.example.org/in", 10, "looks like a `true` or `false`"),
        ("url: !!python/name:os.system", "url: https://tax.example.org/in", 10, "of a kind that is not taken"),
        ("url: !!int {a: b}", "url: https://tax.example.org/in", 10, "not YAML"),
        ("? [a, b]\n: c\nplaces: [E07000243]", "places: [E07000243]", 3, "a key that is not text"),
        ("name: Council\0Tax", "name: Council tax", 6, "U+0000"),
        ('name: "Council\\0tax"', "name: Council tax", 6, "U+0000"),
        ('name: "Council\\e[31mtax"', "name: Council tax", 6, "U+001B"),
        ("name: Council\u202etax", "name: Council tax", 6, "U+202E"),
        ('url: "\\ud800"', "url: https://tax.example.org/in", 10, "invalid Unicode character"),
        ('"u\\erl": x', "url: https://tax.example.org/in", 10, "U+001B"),
        ("places: " + "[" * 5000, "places: [E07000243]", 3, "nested too deep"),
        ("places: " + "{a: " * 100_000, "places: [E07000243]", 3, "nested too deep"),
    ],
)
def test_each_fault_is_said_with_its_line(tmp_path: Path, wrong: str, right: str, line: int, said: str) -> None:
    faults = _faults(tmp_path, stevenage=_ENTRY.replace(right, wrong, 1))
    assert any(fault.line == line and said in str(fault) for fault in faults), [str(fault) for fault in faults]
    assert all(fault.accepted for fault in faults)
    assert not any("whsec_" in str(fault) for fault in faults)


@pytest.mark.parametrize("made", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nowhere"), lambda path: path.symlink_to(path)])
def test_what_is_no_file_is_a_fault(tmp_path: Path, made: Callable[[Path], None]) -> None:
    made(tmp_path / "odd.yaml")
    [fault] = _faults(tmp_path, stevenage=_ENTRY)
    assert (fault.file, fault.fault) == ("odd.yaml", "is not a file")


def test_the_longest_time_comes_back_from_the_ledger_as_it_was(tmp_path: Path) -> None:
    register = _read(tmp_path, stevenage=_ENTRY.replace("answersWithin: 5 days", "answersWithin: 260 weeks"))
    assert isinstance(register, Register)
    again = Register.from_content(orjson.loads(register.content), 1)
    assert again.recipients["stevenage.council-tax"].entry.answers_within == timedelta(weeks=260)


def test_trap_h_one_id_in_two_files_is_a_fault(tmp_path: Path) -> None:
    faults = _faults(tmp_path, one=_ENTRY, two=_ENTRY)
    assert any("already in one.yaml:5" in fault.fault for fault in faults)


def test_two_agreements_for_the_same_days_are_a_fault(tmp_path: Path) -> None:
    second = _ENTRY[_ENTRY.index("  - id: stevenage-council-tax") :].replace("kind:", "version: 2\n    kind:")
    assert any("on the same days" in fault.fault for fault in _faults(tmp_path, stevenage=_ENTRY + second))


def test_an_agreement_without_a_power_is_allowed_with_a_warning(tmp_path: Path) -> None:
    register = _read(tmp_path, stevenage=_ENTRY.replace("    sender: {power: a power, basis: a basis}\n", ""))
    assert isinstance(register, Register)
    assert any("cites no power" in warning.fault for warning in register.warnings)


def _warnings(folder: Path, entry: str) -> list[str]:
    register = _read(folder, stevenage=entry)
    assert isinstance(register, Register)
    return [str(warning) for warning in register.warnings]


def test_an_agreement_without_a_signed_impact_assessment_is_allowed_with_a_warning(tmp_path: Path) -> None:
    said = _warnings(tmp_path, _ENTRY.replace("    impactAssessment: D-4\n", ""))
    assert any("stevenage.yaml:14: agreements.0 names no signed impact assessment" in warning for warning in said), said


def test_an_agreement_that_ends_soon_is_warned_of_unless_another_follows(tmp_path: Path) -> None:
    soon, later = today() + timedelta(days=30), today() + timedelta(days=31)
    ending = _ENTRY.replace("    protocol:", f"    ends: {soon}\n    protocol:")
    assert any("nothing follows it" in warning for warning in _warnings(tmp_path, ending))
    assert not any("nothing follows it" in warning for warning in _warnings(tmp_path, ending.replace(f"{soon}", f"{later}")))
    follower = _ENTRY[_ENTRY.index("  - id: stevenage-council-tax") :].replace("kind:", f"version: 2\n    starts: {soon}\n    kind:")
    assert not any("nothing follows it" in warning for warning in _warnings(tmp_path, ending + follower))


def test_a_service_that_may_say_nothing_and_is_to_answer_in_time_is_warned_of(tmp_path: Path) -> None:
    entry = _ENTRY.replace("    asks:", "    answers: [accepted]\n    asks:")
    assert any("agreements.0.answers let nothing back" in warning for warning in _warnings(tmp_path, entry))
    silent = _warnings(tmp_path, entry.replace("answersWithin: 5 days", "answersWithin: never"))
    assert not any("answers" in warning for warning in silent)


def test_a_secret_not_set_here_is_only_warned_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAX_SECRET")
    register = _read(tmp_path, stevenage=_ENTRY)
    assert isinstance(register, Register)
    assert any(warning.line == 11 and "TAX_SECRET" in warning.fault for warning in register.warnings)
    with pytest.raises(LookupError, match="TAX_SECRET"):
        resolve(register.recipients["stevenage.council-tax"].entry.settings)


def test_a_secret_in_a_file_is_read_from_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("whsec_x\n")
    settings: dict[str, Any] = {"secrets": [f"${{file:{path}}}"], "url": "${NOT_SET_ANYWHERE:-http://x}/in"}
    assert resolve(settings) == {"secrets": ["whsec_x"], "url": "http://x/in"}


def test_the_entries_we_ship_are_in_order() -> None:
    register = read(Path(__file__).parents[2] / "infra/recipients", checks(Settings()))
    assert isinstance(register, Register), [str(fault) for fault in register]
    stevenage = register.concerned("bereavement", ["E07000243", "E10000015"], date(2026, 3, 12))
    assert {one.service for one in stevenage} >= {"council-tax", "adult-social-care", "concessionary-travel", "tax"}
    liverpool = {one.id for one in register.concerned("bereavement", ["E08000012"], date(2026, 3, 12))}
    assert "merseytravel.concessionary-travel" in liverpool
