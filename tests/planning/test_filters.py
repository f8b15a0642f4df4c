"""Nobody is told what they asked not to be told; and whoever knows of a case hears all that becomes of it, whatever they asked."""

from datetime import date
from typing import Any

import pytest

from hub.planning.case import Telling
from hub.recipients import Organisation
from schemas import Notice, State
from tests.cases.deaths import death, informal
from tests.planning.conftest import Hub, everyone
from tests.planning.paper import book_of, held, judged, noon, not_told, organisation
from tests.planning.test_moves import FIELDS, KIND, move

TAX = "stevenage.council-tax"
_HERE, _THERE = {"usualAddress": {"postcode": "SG1 1JG"}}, {"usualAddress": {"postcode": "WD17 3EX"}}


def _filtered(organisations: list[Organisation], recipient: str, text: str | None, kind: str = "bereavement") -> list[Organisation]:
    """The same with a filter at one recipient."""
    entries = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in organisations]
    for entry in entries:
        for service in entry["services"]:
            if text is not None and f"{entry['organisation']}.{service['service']}" == recipient:
                service["filters"] = {kind: text}
    return [Organisation.model_validate(entry) for entry in entries]


def _who(**more: Any) -> dict[str, Any]:
    names = {"given": ["Ada"], "family": "Planted"}
    return {"names": names, "dateOfBirth": {"value": "1931-04-07"}, "dateOfDeath": {"value": "2026-02-11"}, **_HERE, **more}


async def test_what_a_filter_excludes_is_a_recorded_outcome_and_not_silence(hub: Hub) -> None:
    await hub.load(_filtered(everyone(), TAX, "data.deceased.usualAddress.postcode LIKE 'SG2 %'"))
    case = await hub.tell_and_plan(death(deceased=_who()))
    decision = (await hub.decisions(case))[TAX]
    assert (decision["decision"], decision["rule"]) == ("withheld", "filtered")
    rows = await hub.rows(case)
    assert (TAX, 1) not in rows
    assert ("stevenage.housing", 1) in rows


async def test_what_a_filter_lets_pass_is_told_as_without_it(hub: Hub) -> None:
    await hub.load(_filtered(everyone(), TAX, "data.deceased.usualAddress.postcode LIKE 'SG1 %' AND standing = 'registered'"))
    rows = await hub.rows(await hub.tell_and_plan(death(deceased=_who())))
    assert rows[TAX, 1].state is State.QUEUED


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("data.mover.names.family <> 'Planted'", "filtered"),
        ("part = 'start'", "filtered"),
        ("part = 'end'", "not-due-yet"),
        ("data.movedOn > 5", "not-due-yet"),
    ],
    ids=["unwanted", "the other part", "wanted", "not to be said now"],
)
def test_what_waits_for_its_day_and_is_not_wanted_does_not_wait(text: str, rule: str) -> None:
    [stevenage] = _filtered([organisation("stevenage", ["E07000243"], KIND, {"council-tax": FIELDS})], TAX, text, KIND)
    verdicts = judged(book_of([stevenage]), KIND, move("SG1 1AA", "WD17 1AA", on=date(2027, 1, 20)), noon(2026, 11, 21))
    assert (held(verdicts) | not_told(verdicts))[TAX] == rule


async def test_a_filter_sees_only_what_its_recipient_would_read(hub: Hub) -> None:
    # The case has a NINO, which this recipient is not told.
    await hub.load(_filtered(everyone(), TAX, "EXISTS data.deceased.nino"))
    case = await hub.tell_and_plan(death(deceased=_who(nino="AB123456C")))
    assert (await hub.decisions(case))[TAX]["rule"] == "filtered"


async def test_who_was_told_reads_the_correction_that_its_filter_would_exclude(hub: Hub) -> None:
    await hub.load(_filtered(everyone(), TAX, "data.deceased.dateOfDeath.value = '2026-02-11'"))
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent(TAX)
    await hub.tell_and_plan(death(1, minute=5, deceased=_who(dateOfDeath={"value": "2026-02-12"})))
    row = (await hub.rows(case))[TAX, 2]
    assert (row.notice, row.state) == (Notice.CORRECTED, State.QUEUED)


@pytest.mark.parametrize(
    ("changed", "notice"),
    [
        ({"deceased": _who(**_THERE)}, Notice.WITHDRAWN),
        ({"fact": "cancelled"}, Notice.CANCELLED),
        ({"fact": "retracted"}, Notice.RETRACTED),
    ],
)
async def test_no_filter_hides_that_what_was_told_is_over(hub: Hub, changed: dict[str, Any], notice: Notice) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent(TAX)
    await hub.load(_filtered(everyone(), TAX, "FALSE"))
    await hub.tell_and_plan(death(1, minute=5, **({"deceased": _who()} | changed)))
    row = (await hub.rows(case))[TAX, 2]
    assert (row.notice, row.state) == (notice, State.QUEUED)


async def test_a_filter_that_comes_later_does_not_make_undone_what_was_told(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.sent(TAX)
    await hub.load(_filtered(everyone(), TAX, "FALSE"))
    await hub.run("UPDATE cases SET plan_due = true")
    await hub.plan(case)
    assert (await hub.decisions(case))[TAX]["decision"] == "allowed"
    assert (await hub.rows(case))[TAX, 1].state is State.ACCEPTED


async def test_a_filter_that_comes_later_stops_what_waits(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(1, deceased=_who()))
    await hub.load(_filtered(everyone(), TAX, "FALSE"))
    await hub.run("UPDATE cases SET plan_due = true")
    await hub.plan(case)
    row = (await hub.rows(case))[TAX, 1]
    assert (row.state, row.reason) == (State.WITHHELD, "filtered")


async def test_who_was_filtered_out_reads_a_later_version_it_wants_as_new(hub: Hub) -> None:
    agreed = {"council-tax": {"standing": "informal"}}
    await hub.load(_filtered(everyone(**agreed), TAX, "standing = 'registered'"))
    case = await hub.tell_and_plan(informal(1))
    assert (await hub.decisions(case))[TAX]["rule"] == "filtered"
    await hub.tell_and_plan(death(1))
    assert (await hub.rows(case))[TAX, 2].notice is Notice.NOTIFIED


async def test_a_filter_that_cannot_be_answered_holds_and_is_somebodys_task(hub: Hub) -> None:
    await hub.load(_filtered(everyone(), TAX, "data.deceased.dateOfDeath.value < 2027"))
    case = await hub.tell_and_plan(death(deceased=_who()))
    row = (await hub.rows(case))[TAX, 1]
    assert (row.state, row.reason) == (State.HELD, "filter-unclear")
    assert ("no-agreement", TAX) in await hub.tasks()


@pytest.mark.parametrize("kind", ["change-of-name", "change-of-contact"])
def test_a_filter_is_for_its_kind_alone(kind: str) -> None:
    everybody = [organisation("a", "everywhere", kind, {"desk": ["person.names"]})]
    content = {"person": {"names": {"family": "Planted"}, "dateOfBirth": {"value": "1980-01-01"}}, "changedOn": "2026-11-01"}
    for filtered, told in ((kind, False), ("birth", True)):
        verdicts = judged(book_of(_filtered(everybody, "a.desk", "FALSE", filtered)), kind, content, noon(2026, 11, 21))
        assert isinstance(verdicts["a.desk"], Telling) is told
        assert (not_told(verdicts), held(verdicts)) == ({} if told else {"a.desk": "filtered"}, {})


def test_a_filter_can_ask_for_one_side_of_a_move() -> None:
    council = organisation("stevenage", ["E07000243"], "change-of-address", {"council-tax": ["mover.names"]})
    book = book_of(_filtered([council], TAX, "part = 'start'", "change-of-address"))
    mover, here, there = {"names": {"family": "Planted"}}, {"postcode": "SG1 1AA"}, {"postcode": "ME16 0SZ"}
    for old, new, told in ((there, here, True), (here, there, False)):
        content = {"mover": mover, "movedOn": "2026-11-21", "residence": "known", "oldAddress": old, "newAddress": new}
        verdict = judged(book, "change-of-address", content, noon(2026, 11, 21))[TAX]
        assert isinstance(verdict, Telling) is told


async def test_the_plan_says_of_what_a_filter_recalled_that_it_was_not_told_though_the_filter_is_gone(hub: Hub) -> None:
    case = await hub.tell_and_plan(death(deceased=_who()))
    for entries in (_filtered(everyone(), TAX, "data.deceased.usualAddress.postcode LIKE 'SG2 %'"), everyone()):
        await hub.load(entries)
        await hub.run("UPDATE cases SET plan_due = true")
        await hub.plan(case)
        assert (await hub.rows(case))[TAX, 1].state is State.WITHHELD
        decision = (await hub.decisions(case))[TAX]
        assert (decision["decision"], decision["rule"]) == ("withheld", "filtered")
