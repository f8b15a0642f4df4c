"""What a case version means for each recipient: a pure rule over the case, its past, the place and the offers.

Who was told so far is in every plan: as concerned (a correction), as no longer concerned (a withdrawal, with nothing but
what it already had), or, where the fact itself fell, as told of its end. That end goes to whoever told the hub of the fact
as well, and to nobody else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from hub.kinds import Kind, Part
from hub.planning.bodies import Bodies
from hub.planning.case import Content, DueCase, Holding, NotTelling, Past, Said, Telling, Verdict
from hub.planning.circumstances import circumstances_of
from hub.planning.concerned import concerned
from hub.planning.filtering import as_wanted
from hub.planning.naming import parted_from, told_before
from hub.planning.offers import Lane, Offer, OfferBook
from hub.planning.whereabouts import Whereabouts
from hub.policy import Allowed, Held, Withheld, differing, in_case, minimiser, overlaid
from hub.recipients import Recipient
from schemas import Fact, Notice, Standing, State

_ENDS = {Fact.CANCELLED: Notice.CANCELLED, Fact.RETRACTED: Notice.RETRACTED}
_SAID_ALWAYS = ("standing", "fact")
_OVER = (Notice.WITHDRAWN, Notice.CANCELLED, Notice.RETRACTED)
# In these a recipient has what it was sent.
_HAVE = (State.ACCEPTED, State.APPLIED, State.NO_RECORD, State.REJECTED)


def judge(case: DueCase, where: Whereabouts, book: OfferBook, now: datetime) -> list[Verdict]:
    """Every recipient considered, and why each is or is not told."""
    return list(_assert(case, where, book, now) if case.fact is Fact.ASSERTED else _over(case, where, book, now))


def _assert(case: DueCase, where: Whereabouts, book: OfferBook, now: datetime) -> Iterator[Verdict]:
    found = concerned(case, where, book)
    told = _told(case) if case.past else {}
    bodies = Bodies(case)
    circumstances = circumstances_of(case)

    def offer(one: Offer, part: Part | None, past: Past | None) -> Verdict:
        decision = one.decision
        in_the_way = in_case(decision.terms, circumstances, now) if isinstance(decision, Allowed) else decision
        verdict = _offer(case, one, in_the_way, part, past, bodies)
        return verdict if one.wants is None else as_wanted(case, one.wants, verdict)

    for one, part in found.offers:
        past = told.pop(one.recipient, None) if told else None
        # Who had a side of which nothing is known now is still concerned with it.
        had = case.parts.get(past.id) if past is not None and not found.all_known else None
        yield _as(part if had in (None, part) else Part.UPDATE, offer(one, part, past))
    yield from found.missing
    for past in told.values():
        left = book.register.recipients.get(past.recipient)
        if past.notice in _OVER:
            yield NotTelling(past.recipient, "not-concerned", "withdrawn-before")
        elif not found.all_known and left is not None and case.kind.name in left.entry.kinds:
            # Where the person lives is no longer known: that is no reason to take back what was told. Nor is it one to tell more:
            # they read no more than who is left behind would.
            part = Part.END if len(where.located) > 1 else None
            yield _as(case.parts.get(past.id), offer(book.to(left, case.kind, case.standing, where.on), part, past))
        elif _is_over(left, where.on):
            yield NotTelling(past.recipient, "not-concerned", "taken-over")
        else:
            yield _end(case, past, Notice.WITHDRAWN, past.lane)


def _as(part: Part | None, verdict: Verdict) -> Verdict:
    """What is read says no more of the addresses than was cut for it; its part may say more of what is known from before."""
    return replace(verdict, part=part) if isinstance(verdict, Telling) and verdict.part is not part else verdict


def _over(case: DueCase, where: Whereabouts, book: OfferBook, now: datetime) -> Iterator[Verdict]:
    """The end of the fact, for everyone who was told of it and everyone who told the hub of it, but not for whoever said that it ended."""
    told = _told(case)
    for recipient in (*told, *(teller for teller in case.said if teller not in told)):
        said, past = case.said.get(recipient), told.get(recipient)
        if said is not None and _known(case, recipient, said).get("fact") == case.fact.word:
            yield NotTelling(recipient, "withheld", "nothing-new")
        elif past is not None and past.notice is _ENDS[case.fact] and past.state in _HAVE:
            yield NotTelling(recipient, "not-concerned", "told-already")
        elif past is not None:
            yield _end(case, past, _ENDS[case.fact], book.urgent(recipient) or _lane(case, past) or past.lane)
        elif said is not None:
            yield _end_of_its_own(case, recipient, said, book, now.date())
    yield from _inherited(case, told, where, book)


def _inherited(case: DueCase, told: Mapping[str, Past], where: Whereabouts, book: OfferBook) -> Iterator[Verdict]:
    """The same end for those who took over the records of somebody told: a council's successor never heard of it from the hub."""
    over = [past for past in told.values() if _is_over(book.register.recipients.get(past.recipient), where.on)]
    services = {book.register.recipients[past.recipient].service: past for past in over}
    for offer, _ in concerned(case, where, book).offers if services else ():
        past = services.get(book.register.recipients[offer.recipient].service)
        had = None if past is None or offer.recipient in told else case.opened.get(past.id)
        if had is not None and isinstance(offer.decision, Allowed):
            data, fields = minimiser(_recalled(case.kind))(offer.cut(had)[0])
            lane = book.urgent(offer.recipient) or offer.lanes[case.subject.int % len(offer.lanes)]
            body = orjson.dumps({**data, **_now(case, data)})
            yield Telling(offer.recipient, lane, _ENDS[case.fact], offer.decision.agreement, fields, body, case.subject)


def _is_over(recipient: Recipient | None, on: date) -> bool:
    """Whether it is responsible nowhere any more on a day."""
    over = None if recipient is None else recipient.over_since
    return over is not None and over <= on


def _end_of_its_own(case: DueCase, recipient: str, said: Said, book: OfferBook, on: date) -> Verdict:
    """To somebody who told the hub, and was never told by it: that what it said is over, under its agreement and with its own values."""
    found = book.register.recipients.get(recipient)
    if found is None:
        return NotTelling(recipient, "withheld", "no-agreement")
    offer = book.to(found, case.kind, case.standing, on, case.fact)
    lane, notice = book.urgent(recipient) or offer.lanes[case.subject.int % len(offer.lanes)], _ENDS[case.fact]
    if isinstance(offer.decision, Held):
        return Holding(recipient, lane, notice, offer.decision.rule, case.subject)
    if isinstance(offer.decision, Withheld):
        return NotTelling(recipient, "withheld", offer.decision.rule)
    data, fields = minimiser(_recalled(case.kind))(offer.cut(said.content)[0])
    if not fields:
        return NotTelling(recipient, "withheld", "nothing-to-tell")
    data |= _now(case, data)
    terms = offer.decision.terms
    return Telling(recipient, lane, notice, terms.name, fields, orjson.dumps(data), case.subject, said, thin=terms.is_thin)


def _offer(
    case: DueCase, offer: Offer, in_the_way: Held | Withheld | None, part: Part | None, past: Past | None, bodies: Bodies
) -> Verdict:
    lane = (_lane(case, past) if past else None) or offer.lanes[case.subject.int % len(offer.lanes)]
    subject = _subject(case, past) if past else case.subject
    notice = Notice.CORRECTED if past else Notice.NOTIFIED
    if isinstance(in_the_way, Held):
        return Holding(offer.recipient, lane, notice, in_the_way.rule, subject, in_the_way.until)
    if isinstance(in_the_way, Withheld):
        return NotTelling(offer.recipient, "withheld", in_the_way.rule)
    decision = offer.decision
    assert isinstance(decision, Allowed)
    said = case.said.get(offer.recipient)
    if said is not None:
        return _echo(case, offer, decision, part, lane, notice, subject, said, bodies)
    data, fields = bodies.body(offer, part)
    if not fields:
        return NotTelling(offer.recipient, "withheld", "nothing-to-tell")
    if past is not None and _has(case, past, data):
        return NotTelling(offer.recipient, "not-concerned", "told-already")
    thin, mark = decision.terms.is_thin, _stops_nothing(case, decision)
    return Telling(offer.recipient, lane, notice, decision.agreement, fields, data, subject, part=part, thin=thin, stops_nothing=mark)


def _stops_nothing(case: DueCase, decision: Allowed) -> bool:
    """Whether the event says that no payment may be stopped on it: of what is not registered, unless the agreement says otherwise."""
    return case.standing is not Standing.REGISTERED and decision.terms.mark == "stop-nothing"


def _has(case: DueCase, past: Past, data: bytes) -> bool:
    """Whether the recipient has exactly this: a second teller, or a correction of what it may not read, is no news to it.

    Only where it surely has it, under each id it knows the person by, where that was not taken back, and where it does not
    still take the person for another: everything else is sent again.
    """
    if past.notice in _OVER or parted_from(case, past.recipient) is not None:
        return False
    told = orjson.loads(data)
    has: dict[UUID, bool] = {}
    for one in told_before(case, past.recipient):
        same = one.state in _HAVE and case.opened.get(one.id) == told
        has |= {id_: same for id_ in (one.subject, one.alias) if id_ is not None}
    return all(has.values())


def _echo(
    case: DueCase, offer: Offer, decision: Allowed, part: Part | None, lane: Lane, notice: Notice, subject: UUID, said: Said, bodies: Bodies
) -> Verdict:
    """To somebody who told us itself: the standing, and what it did not say and has not heard since."""
    data, _ = offer.cut(bodies.content(part))
    new = differing(data, _known(case, offer.recipient, said))
    if not new and parted_from(case, offer.recipient) is None:
        return NotTelling(offer.recipient, "withheld", "nothing-new")
    for name in _SAID_ALWAYS:
        if name in data:
            new[name] = data[name]
    fields = minimiser(decision.fields)(new)[1]
    made, thin, mark = orjson.dumps(new), decision.terms.is_thin, _stops_nothing(case, decision)
    return Telling(offer.recipient, lane, notice, decision.agreement, fields, made, subject, said, part, thin, mark)


def _known(case: DueCase, recipient: str, said: Said) -> Content:
    """What a teller believes: its own word, and over it what it was told, in the order of the versions."""
    heard = [(past.version, 1, case.opened[past.id]) for past in case.past if past.recipient == recipient and past.id in case.opened]
    known: dict[str, Any] = {}
    for _, _, content in sorted([(said.version, 0, said.content), *heard], key=lambda word: word[:2]):
        known = overlaid(known, content)
    return known


def _lane(case: DueCase, past: Past) -> Lane | None:
    """A lane keeps one subject's deliveries in order: who was told hears more of it there, whatever lanes there are now."""
    theirs = (one.lane for one in reversed(case.past) if one.recipient == past.recipient and one.knows)
    return next((lane for lane in theirs if not lane.urgent), None)


def _end(case: DueCase, past: Past, notice: Notice, lane: Lane) -> Verdict:
    """Telling somebody that what it was told is over: under the agreement it was told under, with values it already had.

    Rectification goes to everyone who had the data (UK GDPR Article 19), whatever became of the agreement since.
    """
    had = case.opened.get(past.id)
    if had is None or past.agreement is None:
        return NotTelling(past.recipient, "withheld", "erased")
    # Of what a thin event left to be fetched, and nobody fetched, it has nothing.
    data, fields = minimiser(_recalled(case.kind) if past.data is None or past.fetched else _SAID_ALWAYS)(had)
    data |= _now(case, data)
    made, thin = orjson.dumps(data), past.fetched
    return Telling(past.recipient, lane, notice, past.agreement, fields, made, _subject(case, past), thin=thin)


def _recalled(kind: Kind) -> tuple[str, ...]:
    """By which a recipient finds the record again; of these it gets what it had."""
    return (*_SAID_ALWAYS, *kind.recalls)


def _now(case: DueCase, data: Content) -> Mapping[str, Any]:
    words = {"standing": case.standing.word, "fact": case.fact.word}
    return {name: word for name, word in words.items() if name in data}


def _told(case: DueCase) -> dict[str, Past]:
    """Each recipient that knows of the case, with the last it was told."""
    last: dict[str, Past] = {}
    for past in case.past:
        if past.knows and past.message and (past.case_id, past.version) != (case.id, case.version):
            last[past.recipient] = past
    return last


def _subject(case: DueCase, past: Past) -> UUID:
    """A recipient keeps the subject it saw first, though the case was merged into another's since."""
    return next(one.subject for one in case.past if one.recipient == past.recipient and one.knows)
