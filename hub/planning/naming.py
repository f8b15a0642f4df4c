"""By which ids a recipient knows the person of a case: merges give it a second one, an undone merge takes that back."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from hub.planning.case import DueCase, Past


def told_before(case: DueCase, recipient: str, among: Iterable[Past] | None = None) -> Iterator[Past]:
    """What a recipient was told of the case before this version, oldest first."""
    for past in case.past if among is None else among:
        if past.recipient == recipient and past.knows and past.message and (past.case_id, past.version) != (case.id, case.version):
            yield past


def alias_of(case: DueCase, recipient: str, subject: UUID) -> UUID | None:
    """The other id of whoever a recipient knows as `subject`: the case's own, else the last that the recipient saw."""
    if subject != case.subject:
        return case.subject
    seen = [past.subject for past in told_before(case, recipient) if past.subject != subject]
    return seen[-1] if seen else None


def parted_from(case: DueCase, recipient: str) -> UUID | None:
    """Whom a recipient still takes for the same person, since the last it was told of either says so; None where nobody."""
    if not any(past.alias for past in (*case.past, *case.strange)):
        return None
    found: UUID | None = None
    for past in told_before(case, recipient, sorted((*case.past, *case.strange), key=lambda past: past.id)):
        if past.subject in case.subjects:
            found = None if past.alias in case.subjects else past.alias
        elif past.alias in case.subjects:
            found = past.subject
    return found
