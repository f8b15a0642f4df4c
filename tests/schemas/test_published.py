"""The published schemas, the names agreements use, and the answers recipients give."""

import pytest
from pydantic import ValidationError

from schemas import (
    Bereavement,
    DeliveryStatusEvent,
    SourceKind,
    Standing,
    State,
    faults,
    field_paths,
    highest_standing,
    parse_acknowledgement,
)
from schemas.publish import FOLDER, published
from schemas.status import NOTICE_WORDS, STATE_WORDS


def test_the_published_schemas_are_those_of_the_models() -> None:
    found = {path.name: path.read_bytes() for path in FOLDER.glob("*.json") if path.name != "openapi.json"}
    assert found == published(), "run: python -m schemas.publish"


def test_agreements_name_fields_by_branch_or_leaf() -> None:
    paths = field_paths(Bereavement)
    assert {"deceased.names", "deceased.dateOfDeath", "deceased.dateOfDeath.value", "estateContact", "spouse.nino", "freeText"} <= paths
    assert {"deceased.aliases.family", "registration.number", "contactDisputed"} <= paths
    assert not any("cause" in path.lower() or "occupation" in path.lower() for path in paths)


def test_the_registers_own_words_are_under_no_branch_an_agreement_would_name() -> None:
    assert [path for path in field_paths(Bereavement) if "freeText" in path and not path.startswith("freeText")] == []


@pytest.mark.parametrize("body", [b'{"answer":"rejected"}', b'{"answer":"rejected","reason":"no"}', b'{"answer":"needs-information"}',
                                  b'{"answer":"rejected","reason":"..............."}'])  # fmt: skip
def test_a_rejection_without_a_reason_in_plain_words_is_refused(body: bytes) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_acknowledgement(body)
    assert faults(caught.value)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_answer_of_a_time_that_no_clock_shows_in_utc_is_refused(at: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_acknowledgement(b'{"answer":"applied","at":"%b"}' % at.encode())
    assert [fault.field for fault in faults(caught.value)] == ["at"]


def test_every_answer_leads_to_a_state() -> None:
    applied = parse_acknowledgement(b'{"answer":"applied"}')
    assert applied.answer.state is State.APPLIED
    rejected = parse_acknowledgement(b'{"answer":"rejected","reason":"The account was closed in May.","reasonCode":"not-found"}')
    assert rejected.answer.state is State.REJECTED


def test_no_source_can_claim_more_than_it_can_know() -> None:
    assert highest_standing(SourceKind.CORONER) is Standing.CERTIFIED
    registering = {kind for kind in SourceKind if highest_standing(kind) is Standing.REGISTERED}
    assert registering == {SourceKind.REGISTRAR, SourceKind.REGISTER}


def test_every_state_and_notice_has_its_word_on_the_wire() -> None:
    assert {state.word for state in State} == set(STATE_WORDS.values())
    for word in STATE_WORDS.values():
        event = {
            "id": "1",
            "case": "0e8f7f55-4a4f-4d3f-9d0e-7a8e5a3f1c11",
            "version": 1,
            "from": word,
            "state": word,
            "at": "2026-03-12T00:00Z",
        }
        assert DeliveryStatusEvent.model_validate(event).from_ == word
    assert len(NOTICE_WORDS) == 5


def test_a_reason_code_of_ones_own_is_refused_since_it_stands_outside_the_seal() -> None:
    with pytest.raises(ValidationError):
        parse_acknowledgement(b'{"answer":"rejected","reason":"The account was closed in May.","reasonCode":"qq123456c"}')
