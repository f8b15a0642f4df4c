"""The end of a fact, for everybody who knows of it; and what one recipient reads of an end or a withdrawal."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import orjson

from hub.kinds import Kind
from hub.planning.case import Content, DueCase, NotTelling, Past, Said, Telling, Verdict
from hub.planning.concerned import concerned
from hub.planning.knowing import HAVE, believed, lane_of, last_told, subject_of
from hub.planning.obstacles import kept_back
from hub.planning.offers import Lane, Offer, OfferBook
from hub.planning.whereabouts import Whereabouts
from hub.policy import Allowed, minimiser
from hub.recipients import Recipient
from schemas import SAID_ALWAYS, Fact, Notice
from schemas.days import day_of

_ENDS = {Fact.CANCELLED: Notice.CANCELLED, Fact.RETRACTED: Notice.RETRACTED}


def over(case: DueCase, where: Whereabouts, book: OfferBook, now: datetime) -> Iterator[Verdict]:
    """The end of the fact, for everyone who was told of it and everyone who told the hub of it, but not for whoever said that it ended."""
    told = last_told(case)
    for recipient in (*told, *(teller for teller in case.said if teller not in told)):
        said, past = case.said.get(recipient), told.get(recipient)
        if said is not None and believed(case, recipient, said).get("fact") == case.fact.word:
            yield NotTelling(recipient, "withheld", "nothing-new")
        elif past is not None and past.notice is _ENDS[case.fact] and past.state in HAVE:
            yield NotTelling(recipient, "not-concerned", "told-already")
        elif past is not None:
            yield end_for(case, past, _ENDS[case.fact], book.urgent(recipient) or lane_of(case, past) or past.lane)
        elif said is not None:
            yield _end_of_its_own(case, recipient, said, book, day_of(now))
    yield from _inherited(case, told, where, book, day_of(now))


def _inherited(case: DueCase, told: Mapping[str, Past], where: Whereabouts, book: OfferBook, today: date) -> Iterator[Verdict]:
    """The same end for those who took over the records of somebody told: a council's successor never heard of it from the hub."""
    recipients = book.register.recipients
    gone = [past for past in told.values() if serves_no_more(recipients.get(past.recipient), today)]
    services = {recipients[past.recipient].service: past for past in gone}
    for one, _ in concerned(case, where, book).offers if services else ():
        past = services.get(recipients[one.recipient].service)
        if past is None or one.recipient in told or one.recipient in case.said:
            continue
        had = case.opened.get(past.id)
        if had is None:
            yield NotTelling(one.recipient, "withheld", "erased")
        else:
            yield _first_heard(case, book.to(recipients[one.recipient], case.kind, case.standing, where.on, case.fact), had, book)


def serves_no_more(recipient: Recipient | None, on: date) -> bool:
    """Whether it is responsible nowhere any more on a day."""
    over = None if recipient is None else recipient.over_since
    return over is not None and over <= on


def _end_of_its_own(case: DueCase, recipient: str, said: Said, book: OfferBook, on: date) -> Verdict:
    """To somebody who told the hub, and was never told by it: that what it said is over."""
    found = book.register.recipients.get(recipient)
    if found is None:
        return NotTelling(recipient, "withheld", "no-agreement")
    return _first_heard(case, book.to(found, case.kind, case.standing, on, case.fact), said.content, book, said)


def _first_heard(case: DueCase, offer: Offer, had: Content, book: OfferBook, said: Said | None = None) -> Verdict:
    """The end, to somebody who never heard of the case from the hub: under its agreement, with the values that it has."""
    lane, notice = book.urgent(offer.recipient) or offer.lane_for(case.subject), _ENDS[case.fact]
    if not isinstance(offer.decision, Allowed):
        return kept_back(offer.decision, offer.recipient, lane, notice, case.subject)
    data, fields = minimiser(_recalled(case.kind))(offer.cut(had)[0])
    if not fields:
        return NotTelling(offer.recipient, "withheld", "nothing-to-tell")
    data |= _now(case, data)
    terms = offer.decision.terms
    return Telling(offer.recipient, lane, notice, terms.name, fields, orjson.dumps(data), case.subject, said, thin=terms.is_thin)


def end_for(case: DueCase, past: Past, notice: Notice, lane: Lane) -> Verdict:
    """Telling somebody that what it was told is over: under the agreement it was told under, with values it already had.

    Rectification goes to everyone who had the data (UK GDPR Article 19), whatever became of the agreement since.
    """
    had = case.opened.get(past.id)
    if had is None or past.agreement is None:
        return NotTelling(past.recipient, "withheld", "erased")
    # Of what a thin event left to be fetched, and nobody fetched, it has nothing.
    data, fields = minimiser(_recalled(case.kind) if past.was_read else SAID_ALWAYS)(had)
    data |= _now(case, data)
    made, thin = orjson.dumps(data), past.fetched
    return Telling(past.recipient, lane, notice, past.agreement, fields, made, subject_of(case, past), thin=thin)


def _recalled(kind: Kind) -> tuple[str, ...]:
    """By which a recipient finds the record again; of these it gets what it had."""
    return (*SAID_ALWAYS, *kind.recalls)


def _now(case: DueCase, data: Content) -> Mapping[str, Any]:
    words = {"standing": case.standing.word, "fact": case.fact.word}
    return {name: word for name, word in words.items() if name in data}
