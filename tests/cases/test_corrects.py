"""A notification may name the one it corrects: so somebody without any number can put right what they told."""

from typing import Any
from uuid import UUID

from hub.cases import Arrival, Cause, Position, Recorded, Refusal, merge, undo
from schemas import BUILT_IN, SourceKind
from tests.cases.conftest import Ledger
from tests.cases.deaths import death, event

SOMEBODY = {"names": {"given": ["Ada"], "family": "Planted"}, "dateOfDeath": {"value": "2026-02-11"}}


def told(id_: str, corrects: str | None = None, *, client: str = "family", source: str = "urn:example:form", **fields: Any) -> Arrival:
    fields = {"standing": "informal", "registration": None, "deceased": SOMEBODY} | fields
    envelope = event(0, **fields) | {"id": id_, "source": source} | ({"corrects": corrects} if corrects else {})
    return Arrival(client, SourceKind.CITIZEN, BUILT_IN.parse_object(envelope))


async def test_without_any_identifier_a_correction_finds_the_case_it_names(ledger: Ledger) -> None:
    first = await ledger.tell_one(told("1"))
    again = await ledger.tell_one(told("2", "1", minute=5, deceased=SOMEBODY | {"dateOfDeath": {"value": "2026-02-12"}}))
    assert (again.case_id, again.reference, again.version, again.position) == (first.case_id, first.reference, 2, Position.NEWER)
    back = await ledger.tell_one(told("3", "2", minute=6, fact="retracted"))
    assert (back.case_id, back.version, back.position) == (first.case_id, 3, Position.NEWER)
    assert await ledger.rows("SELECT fact FROM cases") == [(3,)]


async def test_what_it_names_goes_before_what_its_marks_say_and_a_person_looks(ledger: Ledger) -> None:
    first, another = await ledger.tell_one(told("1")), await ledger.tell_one(death(60))
    marked = death(60).notification.data.model_dump(mode="json", by_alias=True, exclude_none=True)["deceased"]
    again = await ledger.tell_one(told("2", "1", minute=5, deceased=marked))
    assert again.case_id == first.case_id != another.case_id
    assert await ledger.rows("SELECT cause FROM proposed_match") == [("keys-disagree",)]


async def test_a_name_that_is_not_the_tellers_own_is_refused_and_nothing_is_recorded(ledger: Ledger) -> None:
    await ledger.tell_one(told("1"))
    unknown = Refusal(Cause.UNKNOWN)
    assert await ledger.tell(told("2", "9")) == [unknown]
    assert await ledger.tell(told("2", "1", client="another")) == [unknown]
    assert await ledger.tell(told("2", "1", source="urn:example:other")) == [unknown]
    assert await ledger.tell(told("2", "2")) == [unknown]
    assert await ledger.rows("SELECT count(*) FROM case_version") == [(1,)]


async def test_in_a_batch_the_corrected_one_may_come_just_before(ledger: Ledger) -> None:
    answers = await ledger.tell(told("1"), told("2", "1", minute=5), told("3", "2", minute=6))
    cases = [answer.case_id if isinstance(answer, Recorded) else answer for answer in answers]
    assert cases[0] == cases[1] == cases[2]
    assert isinstance(cases[0], UUID)


async def test_to_correct_what_was_erased_is_as_to_repeat_it(ledger: Ledger) -> None:
    await ledger.tell_one(told("1"))
    await ledger.rows("UPDATE cases SET erased_at = now() RETURNING 1")
    assert await ledger.tell(told("2", "1")) == [Refusal(Cause.ERASED)]


async def test_a_correction_told_again_gives_the_first_answer(ledger: Ledger) -> None:
    await ledger.tell_one(told("1"))
    correction = told("2", "1", minute=5)
    first, again = await ledger.tell_one(correction), await ledger.tell_one(correction)
    assert (again.replay, again.notification) == (True, first.notification)


async def test_through_a_merge_and_its_end_a_correction_goes_to_the_case_its_teller_told_of(ledger: Ledger) -> None:
    one, other = await ledger.tell_one(death(61)), await ledger.tell_one(told("1"))
    await merge(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    since = await ledger.tell_one(told("2", "1", minute=5))
    assert (since.case_id, since.reference) == (one.case_id, other.reference)
    await undo(ledger.pool, ledger.keys, one.case_id, other.case_id, "clerk")
    after = await ledger.tell_one(told("3", "2", minute=6))
    assert (after.case_id, after.reference) == (other.case_id, other.reference)
