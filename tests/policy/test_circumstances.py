"""What of a single case holds or ends what an agreement allows, and in which order a person hears of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hub.policy import Circumstances, Held, Withheld, decided, in_case
from hub.recipients import Agreement
from schemas import SourceKind, Standing
from schemas.parts import Confidence
from tests.policy.register import one_recipient

_TOLD = datetime(2026, 3, 1, 12, tzinfo=UTC)
_AT = _TOLD + timedelta(minutes=5)
_NEXT_DAY = datetime(2026, 3, 2, tzinfo=UTC)


def _agreement(**changed: Any) -> Agreement:
    return one_recipient(changed).organisations[0].agreements[0]


def _case(**changed: Any) -> Circumstances:
    return Circumstances(**{"source_kind": SourceKind.CITIZEN, "standing": Standing.INFORMAL, "told_at": _TOLD, **changed})


_CHOICE, _YES, _NO = {"asks": "choice"}, {"choices": {"a.tax": True}}, {"choices": {"a.tax": False}}
_LATER = {"hold_for": timedelta(hours=1), "effective": date(2026, 3, 2)}


@pytest.mark.parametrize(
    ("agreement", "case", "said"),
    [
        ({}, {}, None),
        ({}, _NO, None),
        (_CHOICE, {}, Held("not-chosen")),
        (_CHOICE, {"choices": {"b.other": True}}, Held("not-chosen")),
        (_CHOICE, _NO, Withheld("citizen-said-no")),
        (_CHOICE, _YES, None),
        ({}, {"protected": True}, Held("protected")),
        ({"handlesProtected": True}, {"protected": True}, None),
        (_CHOICE, {"protected": True} | _NO, Held("protected")),
        ({"nature": "offer"}, {"mourning": Standing.INFORMAL}, Held("bereavement-in-family")),
        ({"nature": "offer"}, {"mourning": Standing.CERTIFIED}, Withheld("bereavement-in-family")),
        ({"nature": "duty"}, {"mourning": Standing.REGISTERED}, None),
        ({"identity": "medium"}, {}, Held("identity")),
        ({"identity": "medium"}, {"identity": Confidence.LOW}, Held("identity")),
        ({"identity": "medium"}, {"identity": Confidence.MEDIUM}, None),
        ({"identity": "medium"}, {"identity": Confidence.HIGH}, None),
        ({"identity": "high"}, {"identity": Confidence.MEDIUM, "source_kind": SourceKind.CONTACT_DESK}, Held("identity")),
        ({"identity": "high"}, {"source_kind": SourceKind.HOSPITAL}, None),
        ({"identity": "high"}, {"standing": Standing.CERTIFIED}, None),
        (_CHOICE | {"identity": "high"}, {}, Held("not-chosen")),
        ({}, {"hold_for": timedelta(hours=1)}, Held("hold-window", _TOLD + timedelta(hours=1))),
        ({}, {"hold_for": timedelta(minutes=5)}, None),
        ({}, {"told_at": _AT + timedelta(seconds=1)}, None),
        ({}, {"effective": date(2026, 3, 2)}, Held("not-due-yet", _NEXT_DAY)),
        ({}, {"effective": date(2026, 3, 1)}, None),
        ({}, _LATER, Held("hold-window", _TOLD + timedelta(hours=1))),
        ({"identity": "high"}, _LATER, Held("identity")),
        (_CHOICE, _LATER | _NO, Withheld("citizen-said-no")),
    ],
)
def test_each_rule_in_its_order(agreement: dict[str, Any], case: dict[str, Any], said: Held | Withheld | None) -> None:
    assert in_case(_agreement(**agreement), _case(**case), _AT) == said


def test_a_flow_turned_from_choice_to_statutory_duty_goes_without_being_asked_for() -> None:
    notification = _case()
    assert in_case(_agreement(asks="choice"), notification, _AT) == Held("not-chosen")
    assert in_case(_agreement(asks="statute"), notification, _AT) is None


def test_what_an_agreement_does_not_say_is_a_choice() -> None:
    assert in_case(_agreement(asks=None), _case(), _AT) == Held("not-chosen")


def test_what_passes_by_itself_says_when() -> None:
    held = in_case(_agreement(), _case(**_LATER), _AT)
    assert isinstance(held, Held)
    assert held.until is not None
    after = in_case(_agreement(), _case(**_LATER), held.until)
    assert after == Held("not-due-yet", _NEXT_DAY)
    assert in_case(_agreement(), _case(**_LATER), _NEXT_DAY) is None


def test_in_summer_a_day_has_come_an_hour_before_it_is_midnight_in_utc() -> None:
    dated = _case(effective=date(2027, 4, 1))
    midnight = datetime(2027, 3, 31, 23, tzinfo=UTC)
    assert in_case(_agreement(), dated, midnight - timedelta(seconds=1)) == Held("not-due-yet", midnight)
    assert in_case(_agreement(), dated, midnight) is None


def test_a_decision_of_a_plan_says_until_when_it_waits_where_time_alone_is_in_the_way() -> None:
    waits = {"recipient": "stevenage.council-tax", "decision": "held", "rule": "not-due-yet"}
    assert decided(waits | {"until": "2027-01-20T00:00:00+00:00"}, None).until == "2027-01-20T00:00:00+00:00"
    assert decided(waits | {"rule": "protected"}, None).until is None
