"""Entries to start from are in order as they are written, and tell nobody anything until somebody signs."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
import yaml

from hub.cli.kinds import checks
from hub.kinds import BUILT_IN
from hub.places import CouncilKind
from hub.places.gazetteer import data_folder, gazetteer
from hub.policy import Held, decide
from hub.recipients import NoStart, Register, read, starting_points
from hub.recipients.catalogue import CouncilService, catalogue
from hub.recipients.starting import slug
from hub.settings import Settings
from schemas import KINDS, Fact, Standing, field_paths
from schemas.parts import Confidence

_TODAY = date(2026, 11, 21)
# What each of the councils' services must not get, of whoever it is.
_NEVER = {
    "council-tax": {"nino", "sex", "spouse"},
    "housing-benefit": {"passportNumbers", "drivingLicence", "blueBadge"},
    "housing": {"nino", "sex"},
    "electoral-registration": {"nino", "estateContact", "nextOfKin"},
    "adult-social-care": {"nino", "passportNumbers", "drivingLicence"},
    "childrens-services": {"nino"},
    "libraries": {"nino", "estateContact"},
    "blue-badge": {"nino", "spouse"},
    "concessionary-travel": {"nino", "spouse"},
    "assisted-waste": {"dateOfBirth", "nino", "estateContact", "nextOfKin"},
    "parking-permits": {"dateOfBirth", "nino", "estateContact", "nextOfKin"},
    "debts": {"nino", "sex"},
}


def _written(folder: Path, code: str, on: date = _TODAY) -> Register:
    for name, text in starting_points(code, on).items():
        (folder / name).write_text(text)
    found = read(folder, checks(Settings()))
    assert isinstance(found, Register), [str(fault) for fault in found]
    return found


def _services(register: Register, organisation: str) -> set[str]:
    return {one.service for one in register.recipients.values() if one.id.startswith(f"{organisation}.")}


def test_a_county_is_written_with_its_districts_and_each_runs_its_own(tmp_path: Path) -> None:
    register = _written(tmp_path, "E10000015")
    assert len(list(tmp_path.iterdir())) == 11
    assert _services(register, "hertfordshire") == {
        "adult-social-care", "blue-badge", "childrens-services", "concessionary-travel", "debts", "libraries",
    }  # fmt: skip
    assert _services(register, "stevenage") == {
        "assisted-waste", "council-tax", "debts", "electoral-registration", "housing", "housing-benefit", "parking-permits",
    }  # fmt: skip
    assert register.recipients["stevenage.council-tax"].name == "Council tax, Stevenage Borough Council"


@pytest.mark.parametrize("code", ["E06000065", "E08000012", "E09000033", "S12000036", "W06000015", "west-surrey"])
def test_a_council_that_runs_everything_is_one_file_in_order(tmp_path: Path, code: str) -> None:
    register = _written(tmp_path, code)
    assert len(list(tmp_path.iterdir())) == 1
    services = {one.service for one in register.recipients.values()}
    assert services > {"adult-social-care", "council-tax", "libraries"}
    for kind in KINDS:
        concerned = register.concerned(kind, [code], _TODAY)
        assert {one.service for one in concerned} == {one.service for one in catalogue().services if kind in one.told} & services
        assert concerned, kind


def test_everything_is_held_until_somebody_signs(tmp_path: Path) -> None:
    register = _written(tmp_path, "E10000015")
    for recipient in register.recipients.values():
        for kind in recipient.entry.kinds:
            assert decide(register, kind, Standing.REGISTERED, Fact.ASSERTED, recipient, _TODAY) == Held("no-power")


def _about(code: str) -> str:
    """What its one file says in its comments, unbroken."""
    (text,) = starting_points(code, _TODAY).values()
    return " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))


def test_what_is_somebody_elses_is_said_and_not_written() -> None:
    assert "- service: concessionary-travel" not in starting_points("E08000012", _TODAY)["liverpool.yaml"]
    assert "Concessionary travel is the transport executive's" in _about("E08000012")
    assert "It belongs to Liverpool City Region (E47000004)." in _about("E08000012")
    assert "Electoral registration is the electoral registration officer's" in _about("S12000036")
    assert "Concessionary travel is Transport for Wales's" in _about("W06000015")
    assert "is a district of Hertfordshire County Council (E10000015), which runs here: Adult social care;" in _about("E07000243")
    assert "Guildford Borough Council is no more from 1 April 2027 on; after it comes West Surrey." in _about("E07000209")


@pytest.mark.parametrize(
    ("code", "on", "said"),
    [
        ("E99999999", _TODAY, "E99999999 is no council of Great Britain."),
        ("E47000004", _TODAY, "Liverpool City Region is a combined authority"),
        ("E07000026", _TODAY, "after it comes Cumberland Council. `tuo recipients init E06000063` writes the entry of Cumberland Council."),
        ("E10000030", date(2027, 4, 1), "after it come East Surrey and West Surrey."),
    ],
)
def test_a_code_that_has_no_entry_is_refused_with_what_to_do(code: str, on: date, said: str) -> None:
    with pytest.raises(NoStart) as refused:
        starting_points(code, on)
    assert said in str(refused.value)


def test_every_council_has_an_id_of_its_own_and_a_name_that_yaml_reads_as_it_is() -> None:
    standing = [one for one in gazetteer(data_folder()).councils if one.is_standing(_TODAY) and one.kind is not CouncilKind.COMBINED]
    ids = [slug(one) for one in standing]
    assert len(set(ids)) == len(ids) > 300
    assert max(map(len, ids)) <= 40
    assert [one.official for one in standing if yaml.safe_load(f"name: {one.official}") != {"name": one.official}] == []


def test_the_catalogue_knows_every_kind_and_names_no_field_that_a_service_must_not_get() -> None:
    assert set(catalogue().kinds) == set(KINDS)
    assert {kind for service in catalogue().services for kind in service.told} == set(KINDS)
    for service in catalogue().services:
        for kind in service.told:
            fields = catalogue().fields(service, kind)
            assert set(fields) <= field_paths(KINDS[kind])
            assert {part for path in fields for part in path.split(".")} & _NEVER[service.service] == set()


def test_where_people_tell_themselves_it_has_to_be_sure_who_told() -> None:
    for kind, terms in catalogue().kinds.items():
        assert (terms.standing is Standing.INFORMAL) == (terms.identity is not Confidence.LOW), kind


def test_a_change_of_name_or_contact_goes_only_to_whom_the_person_picked() -> None:
    asked = {(kind, catalogue().asks(one, kind)) for one in catalogue().services for kind in one.told}
    assert not {("change-of-name", "statute"), ("change-of-contact", "statute")} & asked


def test_what_everywhere_is_expected_to_be_told_is_told_by_statute() -> None:
    by_statute = {(kind, one.service) for one in catalogue().services for kind in one.told if catalogue().asks(one, kind) == "statute"}
    for kind in KINDS:
        assert {(kind, service) for service in BUILT_IN[kind].expected} <= by_statute


def test_a_draft_says_why_a_service_is_told_who_is_asked_and_what_is_left_to_fill_in() -> None:
    text = starting_points("E07000243", _TODAY)["stevenage.yaml"]
    drafted = text.partition("- id: stevenage-council-tax-change-of-address\n")[2].partition("  - id:")[0]
    said = yaml.safe_load(drafted.replace("    ", ""))
    assert (said["standing"], said["asks"], said["nature"], said["identity"]) == ("informal", "statute", "duty", "medium")
    assert said["purpose"] == "to close the account at the old address and to open one at the new"
    for left in ("# sender: {", "# receiver: {", "# impactAssessment: ", "# signedBy: ", "# signedOn: 2026-11-21"):
        assert left in drafted


def test_every_service_is_run_or_elsewhere_at_every_council_that_runs_everything() -> None:
    for kind in (CouncilKind.UNITARY, CouncilKind.METROPOLITAN, CouncilKind.LONDON, CouncilKind.SCOTTISH, CouncilKind.WELSH):
        assert _names(catalogue().run_by(kind) + catalogue().elsewhere(kind)) == _names(catalogue().services)
    assert _names(catalogue().run_by(CouncilKind.COUNTY) + catalogue().run_by(CouncilKind.DISTRICT)) == _names(catalogue().services)


def _names(services: Iterable[CouncilService]) -> set[str]:
    return {one.service for one in services}
