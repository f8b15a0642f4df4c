"""Judges cases on paper: a register, a day, and what somebody told, without a ledger."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson

from hub.kinds import BUILT_IN, Kinds, Part
from hub.planning.case import Content, DueCase, Holding, NotTelling, Past, Telling, Verdict
from hub.planning.judging import judge
from hub.planning.offers import Lane, OfferBook
from hub.planning.whereabouts import whereabouts
from hub.privacy import DataKey
from hub.recipients import Organisation, Register
from schemas import Fact, Standing, State

SAMPLE = {"power": "sample", "basis": "sample"}


def service(organisation: str, name: str, kind: str, fields: Sequence[str], **agreement: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A service and its agreement for one kind."""
    id_ = f"{organisation}.{name}"
    entry = {"service": name, "name": name, "kinds": [kind], "connector": "webhook", "answersWithin": "never"}
    agreed = {
        "id": f"{organisation}-{name}-{kind}", "recipient": id_, "kind": kind, "protocol": "sample", "standing": "informal",
        "impactAssessment": "sample", "asks": "statute", "sender": SAMPLE, "receiver": SAMPLE, "fields": ["standing", "fact", *fields],
    }  # fmt: skip
    return entry, agreed | agreement


def organisation(
    name: str, places: Sequence[str] | str, kind: str, services: Mapping[str, Sequence[str]], **agreement: Any
) -> Organisation:
    """An organisation with services for one kind; `services` are their fields."""
    made = [service(name, one, kind, fields, **agreement) for one, fields in services.items()]
    entry = {"organisation": name, "name": name, "places": places}
    return Organisation.model_validate(entry | {"services": [one for one, _ in made], "agreements": [one for _, one in made]})


def book_of(organisations: Sequence[Organisation], kinds: Kinds = BUILT_IN) -> OfferBook:
    """The offers of a register of these."""
    register = Register(tuple(organisations), 1, kinds)
    return OfferBook(register, {id_: [Lane(number, "webhook")] for number, id_ in enumerate(register.recipients)})


def judged(
    book: OfferBook, kind: str, content: Mapping[str, Any], now: datetime, standing: Standing = Standing.INFORMAL
) -> dict[str, Verdict]:
    """What the first version of a case means for everybody considered."""
    rules = book.register.kinds[kind]
    told = {"standing": standing.word, "fact": "asserted", **content}
    case = DueCase(uuid4(), uuid4(), rules, 1, standing, Fact.ASSERTED, now, "citizen", DataKey(1, bytes(32)), told)
    return {one.recipient: one for one in judge(case, whereabouts(rules, told, now.date()), book, now)}


def judged_again(
    book: OfferBook, kind: str, contents: Sequence[Mapping[str, Any]], *nows: datetime, standing: Standing = Standing.INFORMAL
) -> dict[str, Verdict]:
    """What the last of several versions means, each of its time, where everybody was told what each before it meant."""
    rules, id_, subject = book.register.kinds[kind], uuid4(), uuid4()
    past: list[Past] = []
    opened: dict[UUID, Content] = {}
    had: dict[UUID, Part] = {}
    marked: set[UUID] = set()
    found: list[Verdict] = []
    for version, (content, now) in enumerate(zip(contents, nows, strict=True), 1):
        for one in (one for one in found if isinstance(one, Telling)):
            past.append(_accepted(id_, version - 1, one, now))
            opened[past[-1].id] = data(one)
            had |= {past[-1].id: one.part} if one.part else {}
            marked |= {past[-1].id} if one.stops_nothing else set()
        told = {"standing": standing.word, "fact": "asserted", **content}
        fact = next(fact for fact in Fact if fact.word == told["fact"])
        case = DueCase(
            id_, subject, rules, version, standing, fact, now, "citizen", DataKey(1, bytes(32)), told,
            past=past, opened=opened, parts=had, stopping_nothing=frozenset(marked),
        )  # fmt: skip
        found = judge(case, whereabouts(rules, told, now.date()), book, now)
    return {one.recipient: one for one in found}


def _accepted(case: UUID, version: int, one: Telling, now: datetime) -> Past:
    return Past(
        uuid4(), case, one.subject, one.recipient, version, one.lane, State.ACCEPTED, one.notice, True, 1, now,
        one.agreement, one.fields, None, 1, b"",
    )  # fmt: skip


def parts(verdicts: Mapping[str, Verdict]) -> dict[str, str | None]:
    """Who is told, with what part."""
    return {id_: one.part.value if one.part else None for id_, one in verdicts.items() if isinstance(one, Telling)}


def data(verdict: Verdict) -> dict[str, Any]:
    """What a recipient would read."""
    assert isinstance(verdict, Telling)
    found: dict[str, Any] = orjson.loads(verdict.data)
    return found


def held(verdicts: Mapping[str, Verdict]) -> dict[str, str]:
    return {id_: one.rule for id_, one in verdicts.items() if isinstance(one, Holding)}


def not_told(verdicts: Mapping[str, Verdict]) -> dict[str, str]:
    return {id_: one.rule for id_, one in verdicts.items() if isinstance(one, NotTelling)}


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)
