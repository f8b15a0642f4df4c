"""What a folder changes against the register in use, in words somebody who signs can read."""

from dataclasses import replace
from typing import Any

from hub.kinds import Kinds, OwnKind
from hub.recipients import Controller, Register, differences
from tests.kinds.test_own_kinds import ENTRY, SCHEMA
from tests.policy.register import one_recipient


def _said(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    registers = [one_recipient(*([] if one is None else [one])) for one in (before, after)]
    return [str(one) for one in differences(*registers)]


def test_the_same_entries_differ_in_nothing() -> None:
    assert _said({}, {}) == []


def test_agreements_come_and_go() -> None:
    assert _said(None, {}) == ["a-tax@1 is new"]
    assert _said({}, None) == ["a-tax@1 is gone: nothing is told under it any more"]


def test_each_changed_key_is_said_before_and_after() -> None:
    changed = {
        "fields": ["deceased.names", "deceased.usualAddress"],
        "asks": "choice",
        "ends": "2027-03-31",
        "sender": {"power": "SI 2012/1604", "basis": "Article 6(1)(e)"},
        "handlesProtected": True,
        "answers": ["accepted"],
    }
    assert _said({"signedBy": "A", "signedOn": "2026-01-01"}, changed) == [
        "a-tax@1: fields gains deceased.usualAddress",
        "a-tax@1: asks was `statute`, is `choice`",
        "a-tax@1: sender.power was `sample`, is `SI 2012/1604`",
        "a-tax@1: sender.basis was `sample`, is `Article 6(1)(e)`",
        "a-tax@1: signedBy was `A`, is not given",
        "a-tax@1: signedOn was `2026-01-01`, is not given",
        "a-tax@1: handlesProtected was false, is true",
        "a-tax@1: ends was not given, is `2027-03-31`",
        "a-tax@1: answers loses applied, needs-information, no-record, rejected",
    ]


def test_a_new_version_is_compared_with_the_one_it_follows() -> None:
    ended = {"ends": "2026-04-01"}
    follower = {"version": 2, "starts": "2026-04-01", "fields": ["deceased.usualAddress"]}
    found = differences(one_recipient(ended), one_recipient(ended, follower))
    assert [str(one) for one in found] == [
        "a-tax@2 is new, and follows a-tax@1",
        "a-tax@2: fields gains deceased.usualAddress and loses deceased.names",
        "a-tax@2: starts was not given, is `2026-04-01`",
        "a-tax@2: ends was `2026-04-01`, is not given",
    ]


def _between(before: Register, after: Register) -> list[str]:
    return [str(one) for one in differences(before, after)]


def test_a_recipients_filter_ways_and_kinds_are_said() -> None:
    entry: dict[str, Any] = {"settings": {"url": "https://a.example/x"}, "filters": {"bereavement": "type = 'a'"}}
    changed: dict[str, Any] = {
        "connector": "topic",
        "settings": {"url": "https://a.example/y", "secret": "${A_SECRET}"},
        "kinds": ["move", "bereavement"],
        "filters": {"bereavement": "type = 'b'", "move": "type = 'c'"},
        "urgent": {"connector": "webhook"},
        "places": ["E07000243", {"code": "E07000242", "from": "2027-04-01"}],
    }
    assert _between(one_recipient({}, **entry), one_recipient({}, **changed)) == [
        "recipient a.tax: kinds gains move",
        "recipient a.tax: connector was `webhook`, is `topic`",
        "recipient a.tax: settings.url was `https://a.example/x`, is `https://a.example/y`",
        "recipient a.tax: settings.secret was not given, is `${A_SECRET}`",
        "recipient a.tax: urgent was not given, is connector `webhook`, settings not given",
        "recipient a.tax: places was not given, is code `E07000242`, from `2027-04-01`, `E07000243`",
        "recipient a.tax: filters.bereavement was `type = 'a'`, is `type = 'b'`",
        "recipient a.tax: filters.move was not given, is `type = 'c'`",
    ]
    other_order = one_recipient({}, kinds=["bereavement", "move"])
    assert _between(one_recipient({}, kinds=["move", "bereavement"]), other_order) == ["recipient a.tax: kinds is in another order"]


def test_recipients_and_organisations_come_and_go_and_change_places() -> None:
    register = one_recipient()
    [organisation] = register.organisations
    assert _between(Register(()), register) == ["recipient a.tax is new", "organisation a is new"]
    assert _between(register, one_recipient(service="rates")) == [
        "recipient a.rates is new",
        "recipient a.tax is gone: it is told nothing any more",
    ]
    moved = organisation.model_validate({**organisation.model_dump(by_alias=True), "places": ["E07000243"]})
    assert _between(register, Register((moved,))) == ["organisation a: places was `everywhere`, is `E07000243`"]


def test_kinds_of_ones_own_and_what_differs_of_those_built_in_are_said() -> None:
    plain = one_recipient()
    own = replace(plain, kinds=Kinds([OwnKind(ENTRY, SCHEMA)]))
    assert _between(plain, own) == ["kind leaving-care is new"]
    assert _between(own, plain) == ["kind leaving-care is gone: it cannot be told any more"]
    wider = {**SCHEMA["properties"], "responsibleCouncil": {"type": "string", "maxLength": 80}}
    changed = replace(plain, kinds=Kinds([OwnKind({**ENTRY, "never": ["status"]}, {**SCHEMA, "properties": wider})]))
    assert _between(own, changed) == [
        "kind leaving-care: never gains status",
        "kind leaving-care: schema.properties.responsibleCouncil.maxLength was `60`, is `80`",
    ]
    held = replace(plain, kinds=Kinds([OwnKind({"kind": "bereavement", "expected": ["council-tax", "parks"]})]))
    assert "kind bereavement: expected gains parks" in [said.partition(" and")[0] for said in _between(plain, held)]


def test_another_controller_is_said() -> None:
    desk = {"name": "A desk", "telephone": "01632 960001", "email": "desk@hub.example.org"}
    entry = {"name": "A hub", "address": ["1 Sample Street"], "dataProtectionOfficer": desk, "icoRegistration": "ZA000000", "contact": desk}
    named = replace(one_recipient(), controller=Controller.model_validate(entry))
    other = replace(named, controller=Controller.model_validate({**entry, "contact": {**desk, "telephone": "01632 960002"}}))
    assert _between(one_recipient(), named) == ["controller is new"]
    assert _between(named, other) == ["controller: contact.telephone was `01632 960001`, is `01632 960002`"]
    assert _between(named, one_recipient()) == ["controller is gone: retractions name nobody"]
