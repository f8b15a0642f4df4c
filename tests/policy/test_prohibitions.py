"""What nobody may be told, and what each service may not, whatever is agreed."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.cli.kinds import checks
from hub.kinds import BUILT_IN
from hub.policy import Allowed, decide, minimise, paths_in
from hub.recipients import Register, prohibition, prohibitions, read
from hub.settings import Settings
from schemas import Fact, Standing
from tests.policy.payloads import everything

_SHIPPED = read(Path(__file__).parents[2] / "infra/recipients", checks(Settings()))
_PATHS = sorted(BUILT_IN.field_paths("bereavement"))


@pytest.mark.parametrize(
    ("recipient", "field"),
    [
        ("dwp.benefits", "deceased.passportNumbers"),
        ("hmrc.tax", "deceased.blueBadge"),
        ("passport-office.passports", "deceased.usualAddress.postcode"),
        ("passport-office.passports", "estateContact.address"),
        ("dvla.keepers", "spouse.names"),
        ("civil-service-pensions.pensions", "deceased.vehicles"),
        ("veterans-uk.pensions", "deceased.drivingLicence"),
        ("nhs.demographics", "estateContact"),
        ("home-office.eligibility", "standing"),
        ("stevenage.council-tax", "deceased.nino"),
        ("stevenage.council-tax", "spouse.nino"),
        ("stevenage.council-tax", "partner.nino"),  # of any person, in any kind
        ("stevenage.council-tax", "deceased.sex"),
        ("stevenage.electoral-registration", "informant.telephone"),
        ("liverpool.adult-social-care", "deceased.nino"),
        ("liverpool.libraries", "estateContact.names"),
        ("merseytravel.concessionary-travel", "spouse"),
        ("stevenage.assisted-waste", "deceased.dateOfBirth.value"),
        ("anybody.atall", "deceased.causeOfDeath"),
        ("anybody.atall", "deceased.occupation"),
        ("anybody.atall", "freeText.dateOfDeath"),
        ("anybody.atall", "child.earlierIdentity.names"),
    ],
)
def test_what_a_service_may_not_be_told_has_a_rule_with_its_source(recipient: str, field: str) -> None:
    rule = prohibition(recipient, field)
    assert rule is not None
    assert rule.source
    assert rule.sentence.endswith(".")


@pytest.mark.parametrize(
    ("recipient", "field"),
    [
        ("dwp.benefits", "deceased.nino"),
        ("dvla.licences", "deceased.usualAddress"),
        ("stevenage.council-tax", "deceased.usualAddress"),
        ("stevenage.housing-benefit", "deceased.nino"),
        ("stevenage.electoral-registration", "statement.address"),
        ("stevenage.assisted-waste", "deceased.dateOfDeath"),
    ],
)
def test_a_rule_meets_nothing_but_what_it_names(recipient: str, field: str) -> None:
    assert prohibition(recipient, field) is None


def test_a_branch_that_holds_a_prohibited_field_is_prohibited() -> None:
    assert prohibition("stevenage.council-tax", "spouse") is None
    rule = prohibition("stevenage.council-tax", "spouse", _PATHS)
    assert rule is not None
    assert rule.id == "no-nino-no-sex"


def test_every_rule_has_an_id_of_its_own() -> None:
    ids = [rule.id for rule in prohibitions()]
    assert len(ids) == len(set(ids))


@given(noise=st.dictionaries(st.sampled_from(["causeOfDeath", "occupation", "nino", "spouse", "x"]), st.text(max_size=3)), data=st.data())
def test_no_recipient_we_ship_gets_a_prohibited_field_or_one_outside_its_agreement(noise: dict[str, Any], data: st.DataObject) -> None:
    assert isinstance(_SHIPPED, Register)
    agreement = data.draw(st.sampled_from([one for organisation in _SHIPPED.organisations for one in organisation.agreements]))
    recipient = _SHIPPED.recipients[agreement.recipient]
    told = data.draw(st.sets(st.sampled_from(sorted(_SHIPPED.kinds.field_paths(agreement.kind))), max_size=40))
    payload = {**noise, **everything(agreement.kind, told)}
    decision = decide(_SHIPPED, agreement.kind, Standing.REGISTERED, Fact.ASSERTED, recipient, date(2026, 6, 1))
    assert isinstance(decision, Allowed)
    for path in paths_in(minimise(payload, decision.fields)):
        assert prohibition(recipient.id, path) is None, path
        assert any(path == field or path.startswith(f"{field}.") for field in agreement.fields), path
