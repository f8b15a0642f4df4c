"""Asks a recipient's own filter about the event it would get."""

import orjson

from hub.filters import Event, Value
from hub.planning.case import DueCase, Holding, NotTelling, Telling, Verdict
from hub.planning.obstacles import kept_back
from hub.policy import Wants, unwanted
from schemas import event_type
from schemas.status import NOTICE_WORDS


def as_wanted(case: DueCase, wants: Wants, verdict: Verdict) -> Verdict:
    """The verdict, unless it would tell somebody for the first time what they do not want.

    Whoever knows of the case, told by the hub or having told it, hears all that follows: a filter hides no correction,
    withdrawal, cancellation or retraction of what somebody believes (UK GDPR Article 19).
    """
    if not isinstance(verdict, Telling) or verdict.origin is not None or _knows(case, verdict.recipient):
        return verdict
    against = unwanted(wants, _event(case, verdict))
    return verdict if against is None else kept_back(against, verdict.recipient, verdict.lane, verdict.notice, verdict.subject)


def foreseen(case: DueCase, wants: Wants, held: Holding, then: Verdict) -> Verdict:
    """What waits for its time alone, and what it will be `then`: not wanted any more than now, which is no reason to wait.

    Where the filter cannot say, it may have been mended by then.
    """
    asked = as_wanted(case, wants, then)
    return asked if isinstance(then, Telling) and isinstance(asked, NotTelling) else held


def _knows(case: DueCase, recipient: str) -> bool:
    return any(past.knows and past.recipient == recipient for past in case.past)


def _event(case: DueCase, telling: Telling) -> Event:
    """As `hub.planning.events` builds it, without what says who it is about or which message it is."""
    attributes: dict[str, Value] = {
        "specversion": "1.0",
        "type": event_type(case.kind.name, NOTICE_WORDS[telling.notice]),
        "time": case.recorded_at.isoformat(),
        "datacontenttype": "application/json",
        "caseversion": case.version,
        "standing": case.standing.word,
        "agreement": telling.agreement,
    }
    if telling.part is not None:
        attributes["part"] = telling.part.value
    return Event(attributes, orjson.loads(telling.data))
