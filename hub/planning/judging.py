"""What a case version means for each recipient: a pure rule over the case, its past, the place and the offers.

Who was told so far is in every plan: as concerned (a correction), as no longer concerned (a withdrawal, with nothing but
what it already had), or, where the fact itself fell, as told of its end. That end goes to whoever told the hub of the fact
as well, and to nobody else.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from hub.kinds import Part
from hub.planning.bodies import Bodies
from hub.planning.case import DueCase, Holding, NotTelling, Past, Said, Telling, Verdict
from hub.planning.circumstances import circumstances_of
from hub.planning.concerned import concerned
from hub.planning.ending import end_for, over, serves_no_more
from hub.planning.filtering import as_wanted, foreseen
from hub.planning.knowing import HAVE, believed, lane_of, last_told, subject_of, told_before
from hub.planning.naming import parted_from
from hub.planning.obstacles import kept_back
from hub.planning.offers import Lane, Offer, OfferBook
from hub.planning.whereabouts import Whereabouts
from hub.policy import Allowed, Held, Withheld, differing, in_case, minimiser
from schemas import SAID_ALWAYS, Fact, Notice, Standing
from schemas.days import day_of

_OVER = (Notice.WITHDRAWN, Notice.CANCELLED, Notice.RETRACTED)


class _Side(NamedTuple):
    """The part that data is cut for, and the one that it says: what is read says no more of the addresses than was cut for it,
    its part may say more of what is known from before."""

    cut: Part | None
    said: Part | None


def judge(case: DueCase, where: Whereabouts, book: OfferBook, now: datetime) -> list[Verdict]:
    """Every recipient considered, and why each is or is not told."""
    return list(_assert(case, where, book, now) if case.fact is Fact.ASSERTED else over(case, where, book, now))


def _assert(case: DueCase, where: Whereabouts, book: OfferBook, now: datetime) -> Iterator[Verdict]:
    found = concerned(case, where, book)
    told = last_told(case) if case.past else {}
    bodies = Bodies(case)
    circumstances = circumstances_of(case)
    # Whoever believes the day that was told before reads at once that it is another; who was told that it is over believes none.
    corrected = replace(circumstances, effective=None) if told else circumstances

    def offer(one: Offer, side: _Side, past: Past | None) -> Verdict:
        decision = one.decision
        asked = circumstances if past is None or past.notice in _OVER else corrected
        obstacle = in_case(decision.terms, asked, now) if isinstance(decision, Allowed) else decision
        verdict = _offer(case, one, obstacle, side, past, bodies)
        if one.wants is None:
            return verdict
        if isinstance(verdict, Holding) and verdict.until is not None:
            return foreseen(case, one.wants, verdict, _offer(case, one, None, side, past, bodies))
        return as_wanted(case, one.wants, verdict)

    for one, part in found.offers:
        past = told.pop(one.recipient, None) if told else None
        # Who had a side of which nothing is known now is still concerned with it.
        had = case.parts.get(past.id) if past is not None and not found.all_known else None
        yield offer(one, _Side(part, part if had in (None, part) else Part.UPDATE), past)
    yield from found.missing
    for past in told.values():
        left = book.register.recipients.get(past.recipient)
        if past.notice in _OVER:
            yield NotTelling(past.recipient, "not-concerned", "withdrawn-before")
        elif not found.all_known and left is not None and case.kind.name in left.entry.kinds:
            # Where the person lives is no longer known: that is no reason to take back what was told. Nor is it one to tell more:
            # they read no more than who is left behind would.
            part = Part.END if len(where.located) > 1 else None
            side = _Side(part, case.parts.get(past.id))
            yield offer(book.to(left, case.kind, case.standing, where.on), side, past)
        elif serves_no_more(left, day_of(now)):
            yield NotTelling(past.recipient, "not-concerned", "taken-over")
        else:
            yield end_for(case, past, Notice.WITHDRAWN, past.lane)


def _offer(case: DueCase, offer: Offer, obstacle: Held | Withheld | None, side: _Side, past: Past | None, bodies: Bodies) -> Verdict:
    lane = (lane_of(case, past) if past else None) or offer.lane_for(case.subject)
    subject = subject_of(case, past) if past else case.subject
    notice = Notice.CORRECTED if past else Notice.NOTIFIED
    if obstacle is not None:
        return kept_back(obstacle, offer.recipient, lane, notice, subject)
    decision = offer.decision
    assert isinstance(decision, Allowed)
    said = case.said.get(offer.recipient)
    if said is not None:
        return _echo(case, offer, decision, side, lane, notice, subject, said, bodies)
    data, fields = bodies.body(offer, side.cut)
    if not fields:
        return NotTelling(offer.recipient, "withheld", "nothing-to-tell")
    thin, mark = decision.terms.is_thin, _stops_nothing(case, decision)
    telling = Telling(
        offer.recipient, lane, notice, decision.agreement, fields, data, subject, part=side.said, thin=thin, stops_nothing=mark
    )  # fmt: skip
    if past is not None and _has(case, past, telling):
        return NotTelling(offer.recipient, "not-concerned", "told-already")
    return telling


def _stops_nothing(case: DueCase, decision: Allowed) -> bool:
    """Whether the event says that no payment may be stopped on it: of what is not registered, unless the agreement says otherwise."""
    return case.standing is not Standing.REGISTERED and decision.terms.mark == "stop-nothing"


def _has(case: DueCase, past: Past, telling: Telling) -> bool:
    """Whether the recipient has exactly this: a second teller, or a correction of what it may not read, is no news to it.

    The part and the mark are of it: they say what to do with the data. Only where it surely has it, under each id it knows the
    person by, where that was not taken back, and where it does not still take the person for another: everything else is sent
    again.
    """
    if past.notice in _OVER or parted_from(case, past.recipient) is not None:
        return False
    told = orjson.loads(telling.data), telling.part, telling.stops_nothing
    has: dict[UUID, bool] = {}
    for one in told_before(case, past.recipient):
        same = one.state in HAVE and (case.opened.get(one.id), case.parts.get(one.id), one.id in case.stopping_nothing) == told
        has |= {id_: same for id_ in (one.subject, one.alias) if id_ is not None}
    return all(has.values())


def _echo(
    case: DueCase, offer: Offer, decision: Allowed, side: _Side, lane: Lane, notice: Notice, subject: UUID, said: Said, bodies: Bodies
) -> Verdict:
    """To somebody who told us itself: the standing, and what it did not say and has not heard since."""
    data, _ = offer.cut(bodies.content(side.cut))
    new = differing(data, believed(case, offer.recipient, said))
    if not new and parted_from(case, offer.recipient) is None:
        return NotTelling(offer.recipient, "withheld", "nothing-new")
    for name in SAID_ALWAYS:
        if name in data:
            new[name] = data[name]
    fields = minimiser(decision.fields)(new)[1]
    made, thin, mark = orjson.dumps(new), decision.terms.is_thin, _stops_nothing(case, decision)
    return Telling(offer.recipient, lane, notice, decision.agreement, fields, made, subject, said, side.said, thin, mark)
