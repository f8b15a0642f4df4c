"""What a folder changes against the register in use, in words somebody who signs can read."""

from typing import Any

from hub.recipients import differences
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
        "a-tax@1: sender was power `sample`, basis `sample`, is power `SI 2012/1604`, basis `Article 6(1)(e)`",
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
