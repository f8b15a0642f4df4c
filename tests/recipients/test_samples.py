"""The samples of councils are what the catalogue of services says, so that a change of the one is not forgotten in the other."""

from pathlib import Path

import pytest

from hub.cli.kinds import checks
from hub.recipients import Agreement, Register, read
from hub.recipients.catalogue import catalogue
from hub.settings import Settings

_SERVICES = {one.service: one for one in catalogue().services}
_CENTRE = {"civil-service-pensions", "dvla", "dwp", "hmrc", "nhs", "passport-office", "veterans-uk"}
_BY_CHOICE = {"chiltern-oak-homes", "mersey-penny"}


def _councils() -> list[Agreement]:
    shipped = read(Path(__file__).parents[2] / "infra/recipients", checks(Settings()))
    assert isinstance(shipped, Register), [str(fault) for fault in shipped]
    theirs = [one for one in shipped.organisations if one.organisation not in _CENTRE | _BY_CHOICE]
    return [agreement for one in theirs for agreement in one.agreements]


@pytest.mark.parametrize("service", sorted(_SERVICES))
def test_samples_say_what_the_catalogue_says(service: str) -> None:
    for agreement in _councils():
        if agreement.recipient.endswith(f".{service}"):
            kind, told, terms = agreement.kind, _SERVICES[service].told[agreement.kind], catalogue().kinds[agreement.kind]
            assert list(agreement.fields) == catalogue().fields(_SERVICES[service], kind), agreement.id
            assert (agreement.purpose, agreement.nature) == (told.purpose, told.nature), agreement.id
            assert agreement.asks == catalogue().asks(_SERVICES[service], kind), agreement.id
            assert (agreement.standing, agreement.identity) == (terms.standing, terms.identity), agreement.id


def test_every_sample_service_of_a_council_is_told_of_every_kind_the_catalogue_has_for_it() -> None:
    kinds: dict[str, set[str]] = {}
    for agreement in _councils():
        kinds.setdefault(agreement.recipient, set()).add(agreement.kind)
    assert len(kinds) > 60
    assert {id_: set(_SERVICES[id_.partition(".")[2]].told) for id_ in kinds} == kinds
