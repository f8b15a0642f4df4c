"""Every recipient of the field's table receives what it is agreed to need, of every kind of change, and nothing it must not get."""

from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cli.kinds import checks
from hub.policy import Allowed, decide, minimise
from hub.recipients import Agreement, Recipient, Register, read
from hub.settings import Settings
from schemas import KINDS, Fact, Standing
from tests.policy.contents import contents, leaves

# Written down here a second time, and not read from the rules: what the table of recipients says each must not get.
_DOCUMENTS = ("passportNumbers", "drivingLicence", "vehicles", "blueBadge")
_MUST_NOT = {
    "dwp.*": _DOCUMENTS,
    "hmrc.*": _DOCUMENTS,
    "passport-office.*": ("nino", "usualAddress", "oldAddress", "newAddress", "address", "spouse", "partner"),
    "dvla.*": ("nino", "spouse", "partner"),
    "civil-service-pensions.*": _DOCUMENTS,
    "veterans-uk.*": ("passportNumbers", "drivingLicence"),
    "nhs.*": ("nino", "estateContact"),
    "*.council-tax": ("nino", "sex"),
    "*.housing-benefit": ("passportNumbers", "drivingLicence", "blueBadge"),
    "*.housing": ("nino", "sex"),
    "*.electoral-registration": ("nino", "nextOfKin", "estateContact", "informant", "spouse", "partner", "reach", "telephone", "email"),
    "*.adult-social-care": ("nino", "passportNumbers", "drivingLicence"),
    "*.childrens-services": ("nino",),
    "*.libraries": ("nino", "estateContact"),
    "*.blue-badge": ("nino", "spouse", "partner"),
    "*.concessionary-travel": ("nino", "spouse", "partner"),
    "*.assisted-waste": ("dateOfBirth", "nino", "nextOfKin", "estateContact", "reach", "telephone", "email"),
    "*": ("causeOfDeath", "occupation", "freeText", "choices", "identity"),
}
# By recipient and kind, some of what the table says each asks for.
_ASKS = {
    ("dwp.benefits", "bereavement"): {"deceased.nino", "deceased.sex", "deceased.usualAddress.postcode", "spouse.nino", "estateContact"},
    ("dwp.benefits", "birth"): {"child.names.family", "mother.nino", "secondParent.nino", "confinement.births"},
    ("dwp.benefits", "stillbirth"): {"child.dateOfStillbirth.value", "mother.nino"},
    ("hmrc.tax", "birth"): {"child.dateOfBirth.value", "mother.nino"},
    ("hmrc.tax", "stillbirth"): {"child.dateOfStillbirth.value", "mother.nino"},
    ("passport-office.passports", "bereavement"): {"deceased.placeOfBirth", "deceased.passportNumbers"},
    ("passport-office.passports", "change-of-name"): {"person.placeOfBirth", "formerNames.family"},
    ("dvla.licences", "bereavement"): {"deceased.drivingLicence", "deceased.usualAddress.postcode"},
    ("dvla.licences", "change-of-address"): {"oldAddress.postcode", "newAddress.postcode"},
    ("dvla.keepers", "bereavement"): {"deceased.vehicles", "estateContact.company"},
    ("veterans-uk.pensions", "bereavement"): {"deceased.nino", "spouse.nino", "estateContact.company"},
    ("nhs.demographics", "birth"): {"child.nhsNumber", "mother.nhsNumber"},
    ("nhs.demographics", "change-of-address"): {"mover.nhsNumber", "newAddress.postcode"},
    ("nhs.child-health", "birth"): {"child.nhsNumber"},
    ("stevenage.council-tax", "bereavement"): {"uprn", "adultsRemaining", "estateContact.company"},
    ("stevenage.council-tax", "change-of-address"): {"newUprn", "adultsRemaining", "oldAddress.postcode"},
    ("shared-benefits.housing-benefit", "birth"): {"mother.nino"},
    ("stevenage.electoral-registration", "bereavement"): {"statement.signedOn", "deceased.usualAddress.postcode"},
    ("hertfordshire.adult-social-care", "bereavement"): {"deceased.careHome", "nextOfKin.telephone", "dependants"},
    ("hertfordshire.childrens-services", "birth"): {"child.names.family", "mother.names.family", "secondParent.names.family"},
    ("hertfordshire.blue-badge", "bereavement"): {"deceased.blueBadge"},
    ("merseytravel.concessionary-travel", "bereavement"): {"deceased.concessionaryPass"},
    ("hertfordshire.childrens-services", "family-bereavement"): {"person.dateOfBirth.value", "relationship"},
}  # fmt: skip
_DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def shipped() -> Register:
    found = read(Path(__file__).parents[2] / "infra/recipients", checks(Settings()))
    assert isinstance(found, Register), [str(fault) for fault in found]
    return found


def _agreements(register: Register, kind: str) -> list[tuple[Recipient, Agreement]]:
    agreed = [one for organisation in register.organisations for one in organisation.agreements if one.kind == kind]
    return [(register.recipients[one.recipient], one) for one in agreed]


def _allowed(register: Register, recipient: Recipient, kind: str) -> tuple[str, ...]:
    decision = decide(register, kind, Standing.REGISTERED, Fact.ASSERTED, recipient, _DAY)
    assert isinstance(decision, Allowed), (recipient.id, kind)
    return decision.fields


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(data=st.data())
def test_of_whatever_is_told_each_reads_all_that_is_agreed_and_nothing_else(shipped: Register, kind: str, data: st.DataObject) -> None:
    recipient, agreement = data.draw(st.sampled_from(_agreements(shipped, kind)))
    content = data.draw(contents(KINDS[kind]))
    read_there = sorted(leaves(minimise(content, _allowed(shipped, recipient, kind))))
    agreed = sorted(path for path in leaves(content) if any(f"{path}.".startswith(f"{field}.") for field in agreement.fields))
    assert read_there == agreed
    for path in read_there:
        for pattern, names in _MUST_NOT.items():
            assert not (fnmatchcase(recipient.id, pattern) and set(names) & set(path.split("."))), (recipient.id, path)


@pytest.mark.parametrize(("recipient", "kind"), sorted(_ASKS))
def test_what_the_table_says_a_recipient_asks_for_is_agreed(shipped: Register, recipient: str, kind: str) -> None:
    fields = _allowed(shipped, shipped.recipients[recipient], kind)
    for path in _ASKS[recipient, kind]:
        assert any(f"{path}.".startswith(f"{field}.") for field in fields), path


def test_no_change_of_name_says_what_somebody_was_before_but_the_name(shipped: Register) -> None:
    for _, agreement in _agreements(shipped, "change-of-name"):
        assert {field.rpartition(".")[2] for field in agreement.fields} & {"sex", "aliases", "by"} == set()


def test_names_contacts_and_partnerships_go_to_whom_the_person_picked_and_nothing_to_the_home_office(shipped: Register) -> None:
    for kind in ("change-of-name", "change-of-contact", "partnership"):
        assert {agreement.asks for _, agreement in _agreements(shipped, kind)} == {"choice"}
    assert [id_ for id_ in shipped.recipients if id_.startswith("home-office.")] == []
