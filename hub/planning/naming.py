"""By which ids a recipient knows the person of a case: merges give it a second one, an undone merge takes that back."""

from uuid import UUID

from hub.planning.case import DueCase
from hub.planning.knowing import is_told_before, told_before


def alias_of(case: DueCase, recipient: str, subject: UUID) -> UUID | None:
    """The other id of whoever a recipient knows as `subject`: the case's own, else the last that the recipient saw."""
    if not case.past:  # as nearly always: told for the first time, and as itself
        return None
    if subject != case.subject:
        return case.subject
    seen = [past.subject for past in told_before(case, recipient) if past.subject != subject]
    return seen[-1] if seen else None


def parted_from(case: DueCase, recipient: str) -> UUID | None:
    """Whom a recipient still takes for the same person, since the last it was told of either says so; None where nobody."""
    theirs = [past for past in (*case.past, *case.strange) if past.recipient == recipient and is_told_before(case, past)]
    if not any(past.alias for past in theirs):
        return None
    found: UUID | None = None
    for past in sorted(theirs, key=lambda past: past.id):
        if past.subject in case.subjects:
            found = None if past.alias in case.subjects else past.alias
        elif past.alias in case.subjects:
            found = past.subject
    return found
