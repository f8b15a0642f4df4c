"""Who knows of a case: what they were last told, what they believe, as whom they know the person, and by which lane they hear."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from hub.planning.case import Content, DueCase, Past, Said
from hub.planning.offers import Lane
from hub.policy import overlaid
from schemas import State

# In these a recipient has what it was sent.
HAVE = (State.ACCEPTED, State.APPLIED, State.NO_RECORD, State.REJECTED)


def told_before(case: DueCase, recipient: str | None = None) -> Iterator[Past]:
    """What was told of the case before this version, to everybody or one recipient, oldest first."""
    return (past for past in case.past if recipient in (None, past.recipient) and is_told_before(case, past))


def is_told_before(case: DueCase, past: Past) -> bool:
    """Whether it was told, and before this version."""
    return past.knows and bool(past.message) and not case.is_current(past)


def last_told(case: DueCase) -> dict[str, Past]:
    """Each recipient that knows of the case, with the last it was told."""
    return {past.recipient: past for past in told_before(case)}


def believed(case: DueCase, recipient: str, said: Said) -> Content:
    """What a teller believes: its own word, and over it what it was told, in the order of the versions."""
    heard = [(past.version, 1, case.opened[past.id]) for past in case.past if past.recipient == recipient and past.id in case.opened]
    known: dict[str, Any] = {}
    for _, _, content in sorted([(said.version, 0, said.content), *heard], key=lambda word: word[:2]):
        known = overlaid(known, content)
    return known


def lane_of(case: DueCase, past: Past) -> Lane | None:
    """A lane keeps one subject's deliveries in order: who was told hears more of it there, whatever lanes there are now."""
    theirs = (one.lane for one in reversed(case.past) if one.recipient == past.recipient and one.knows)
    return next((lane for lane in theirs if not lane.urgent), None)


def subject_of(case: DueCase, past: Past) -> UUID:
    """A recipient keeps the subject it saw first, though the case was merged into another's since."""
    return next(one.subject for one in case.past if one.recipient == past.recipient and one.knows)
