"""Recipients' answers, taken into a real ledger."""

import asyncio
from collections.abc import Callable
from itertools import product

import orjson
import pytest

from hub.tasks import Cause, list_tasks
from hub.tracking import Answered, Noted, Refusal, acknowledge, acknowledge_many
from hub.tracking.answering import answer_context
from schemas import TRANSITIONS, Acknowledgement, Answer, State, message_id
from tests.tracking.conftest import Deliveries, Planted

WHY = "We hold two people of this name; which of them is it?"


def says(answer: Answer) -> Acknowledgement:
    asks = answer in (Answer.REJECTED, Answer.NEEDS_INFORMATION)
    return Acknowledgement(answer=answer, reason=WHY if asks else None, reason_code="ambiguous" if asks else None)


async def answer(ledger: Deliveries, to: Planted, said: Answer, number: int = 1, recipient: str | None = None) -> Noted | Refusal:
    async with ledger.pool.connection() as connection:
        return await acknowledge(connection, ledger.keys, message_id(to.id, number), recipient or to.recipient, says(said), "http")


async def open_causes(ledger: Deliveries) -> list[Cause]:
    async with ledger.pool.connection() as connection:
        return [task.cause for task in await list_tasks(connection)]


async def test_every_answer_to_every_state_does_in_the_ledger_what_the_table_allows(ledger: Deliveries) -> None:
    pairs = list(product(State, Answer))
    planted = [await ledger.planted(state=state) for state, _ in pairs]
    answers = [Answered(p.message, p.recipient, says(said), "http") for p, (_, said) in zip(planted, pairs, strict=True)]
    async with ledger.pool.connection() as connection:
        results = await acknowledge_many(connection, ledger.keys, answers)
    for (state, said), result, found in zip(pairs, results, await ledger.states([p.id for p in planted]), strict=True):
        expected = said.state if said.state in TRANSITIONS[state] else state
        assert isinstance(result, Noted)
        assert found is result.state is expected, (state, said)
    assert await ledger.one("SELECT count(*) FROM answer") == len(pairs)


async def test_an_answer_before_the_2xx_ends_the_attempt(ledger: Deliveries) -> None:
    planted = await ledger.planted(state=State.SENDING)
    await ledger.run("UPDATE delivery SET claim = gen_random_uuid(), told = false WHERE id = %s", planted.id)
    assert await answer(ledger, planted, Answer.APPLIED) == Noted(planted.id, State.APPLIED)
    assert await ledger.all("SELECT state, claim, told FROM delivery WHERE id = %s", planted.id) == [(State.APPLIED, None, True)]


async def test_the_same_answer_again_changes_nothing(ledger: Deliveries) -> None:
    planted = await ledger.planted()
    await answer(ledger, planted, Answer.NEEDS_INFORMATION)
    assert await answer(ledger, planted, Answer.NEEDS_INFORMATION) == Noted(planted.id, State.NEEDS_INFORMATION, repeated=True)
    assert await ledger.one("SELECT count(*) FROM answer") == 1
    assert await open_causes(ledger) == [Cause.NEEDS_INFORMATION]


async def test_the_same_answer_from_many_at_once_is_noted_once(ledger: Deliveries) -> None:
    planted = await ledger.planted()
    results = await asyncio.gather(*(answer(ledger, planted, Answer.APPLIED) for _ in range(8)))
    assert sorted(isinstance(r, Noted) and r.repeated for r in results) == [False] + [True] * 7
    assert await ledger.one("SELECT sum(change) FROM tally_delta WHERE state = 20") == 1


async def test_another_recipients_message_looks_like_one_that_does_not_exist(ledger: Deliveries) -> None:
    planted = await ledger.planted()
    assert await answer(ledger, planted, Answer.APPLIED, recipient="hertfordshire-libraries") is Refusal.UNKNOWN
    assert await answer(ledger, planted, Answer.APPLIED, number=2) is Refusal.UNKNOWN
    assert await ledger.state(planted.id) is State.ACCEPTED


@pytest.mark.parametrize("text", ["", "msg_1_1", "msg_" + "0" * 32 + "_99999", "msg_" + "z" * 32 + "_1"])
async def test_what_is_no_message_id_is_unknown(ledger: Deliveries, text: str) -> None:
    async with ledger.pool.connection() as connection:
        assert await acknowledge(connection, ledger.keys, text, "anybody", says(Answer.APPLIED), "http") is Refusal.UNKNOWN


@pytest.mark.parametrize("spelt", [lambda id_: "msg" + id_[3:].upper(), lambda id_: id_[:-1] + "01"])
async def test_a_message_id_in_another_spelling_is_not_one(ledger: Deliveries, spelt: Callable[[str], str]) -> None:
    """What is said is sealed under the id: it would open under no other spelling."""
    planted = await ledger.planted()
    async with ledger.pool.connection() as connection:
        found = await acknowledge(connection, ledger.keys, spelt(planted.message), planted.recipient, says(Answer.REJECTED), "http")
    assert found is Refusal.UNKNOWN


async def test_what_was_never_sent_cannot_be_answered(ledger: Deliveries) -> None:
    planted = await ledger.planted(state=State.QUEUED, attempted=False)
    assert await answer(ledger, planted, Answer.APPLIED) is Refusal.NOT_SENT


async def test_the_recipients_words_are_readable_only_with_the_cases_key(ledger: Deliveries) -> None:
    planted = await ledger.planted()
    await answer(ledger, planted, Answer.REJECTED)
    [(key_id, sealed)] = await ledger.all("SELECT data_key, sealed FROM answer")
    assert WHY.encode() not in bytes(sealed)
    key = (await ledger.keys.get([key_id]))[key_id]
    assert orjson.loads(key.open(bytes(sealed), answer_context(planted.message)))["reason"] == WHY


async def test_an_answer_to_an_erased_case_is_kept_without_its_words(ledger: Deliveries) -> None:
    planted = await ledger.planted()
    await ledger.keys.destroy([int(str(row[0])) for row in await ledger.all("SELECT data_key FROM message")])
    assert await answer(ledger, planted, Answer.REJECTED) == Noted(planted.id, State.REJECTED)
    assert await ledger.all("SELECT reason, sealed FROM answer") == [("ambiguous", None)]


async def test_a_question_makes_a_task_and_the_next_answer_settles_it(ledger: Deliveries) -> None:
    planted = await ledger.planted(state=State.FAILED)
    await answer(ledger, planted, Answer.NEEDS_INFORMATION)
    assert await open_causes(ledger) == [Cause.NEEDS_INFORMATION]
    await answer(ledger, planted, Answer.APPLIED)
    assert await open_causes(ledger) == []


async def test_an_answer_to_a_superseded_delivery_is_kept_and_shown_to_a_person_where_it_asks(ledger: Deliveries) -> None:
    planted = await ledger.planted(state=State.SUPERSEDED)
    assert await answer(ledger, planted, Answer.NEEDS_INFORMATION) == Noted(planted.id, State.SUPERSEDED)
    assert await open_causes(ledger) == [Cause.LATE_ANSWER]
    assert await ledger.one("SELECT count(*) FROM news") == 0


async def test_several_answers_of_one_batch_act_in_their_order(ledger: Deliveries) -> None:
    planted, other = await ledger.planted(), await ledger.planted()
    said = [(planted, Answer.NEEDS_INFORMATION), (other, Answer.NO_RECORD), (planted, Answer.APPLIED), (planted, Answer.APPLIED)]
    async with ledger.pool.connection() as connection:
        results = await acknowledge_many(connection, ledger.keys, [Answered(p.message, p.recipient, says(a), "topic") for p, a in said])
    assert [(r.state, r.repeated) for r in results if isinstance(r, Noted)] == [
        (State.NEEDS_INFORMATION, False),
        (State.NO_RECORD, False),
        (State.APPLIED, False),
        (State.APPLIED, True),
    ]
    assert await ledger.states([planted.id, other.id]) == [State.APPLIED, State.NO_RECORD]
    assert await open_causes(ledger) == []


async def test_the_tally_and_the_news_say_what_changed(ledger: Deliveries) -> None:
    planted = await ledger.planted()
    await ledger.run("DELETE FROM tally_delta")
    await answer(ledger, planted, Answer.NO_RECORD)
    assert sorted(await ledger.all("SELECT state, change FROM tally_delta")) == [(State.ACCEPTED, -1), (State.NO_RECORD, 1)]
    [(events,)] = await ledger.all("SELECT events FROM news")
    [event] = orjson.loads(bytes(events))
    assert (event["from"], event["state"], event["recipient"]) == ("accepted", "no record held", planted.recipient)


async def _agreed(ledger: Deliveries, *answers: Answer) -> None:
    """The register under which everything here was planned lets these answers back."""
    agreement = {"id": "sample", "recipient": "a.b", "kind": "bereavement", "fields": ["names"], "protocol": "p", "answers": answers}
    content = orjson.dumps({"organisations": [{"organisation": "a", "agreements": [agreement]}], "kinds": []})
    await ledger.run(
        "INSERT INTO register (version, digest, content) OVERRIDING SYSTEM VALUE VALUES (1, %s, %s::jsonb)", content[:32], content.decode()
    )


async def test_of_an_answer_that_may_not_come_back_only_its_receipt_is_kept(ledger: Deliveries) -> None:
    await _agreed(ledger, Answer.ACCEPTED, Answer.NO_RECORD)
    planted = await ledger.planted(state=State.SENDING)
    assert await answer(ledger, planted, Answer.REJECTED) == Noted(planted.id, State.ACCEPTED)
    assert await ledger.all("SELECT answer, reason, data_key, sealed FROM answer") == [(int(State.ACCEPTED), None, None, None)]
    assert await open_causes(ledger) == []
    assert await answer(ledger, planted, Answer.APPLIED) == Noted(planted.id, State.ACCEPTED, repeated=True)
    assert await answer(ledger, planted, Answer.NO_RECORD) == Noted(planted.id, State.NO_RECORD)


async def test_the_agreement_under_which_it_was_told_says_which_answers_may_come_back(ledger: Deliveries) -> None:
    await _agreed(ledger, Answer.ACCEPTED)
    planted = await ledger.planted(state=State.SENDING)
    later = "INSERT INTO register (version, digest, content) OVERRIDING SYSTEM VALUE SELECT 2, '2', content - 'organisations' FROM register"
    await ledger.run(later)
    await ledger.run("UPDATE message SET register = 2")
    assert await answer(ledger, planted, Answer.APPLIED) == Noted(planted.id, State.ACCEPTED), "it left the register since"
