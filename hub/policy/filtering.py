"""A recipient's own wish: of what it may be told, what it wants to be told."""

from hub.filters import Event, Filter, FilterFault, Outcome, read_filter
from hub.policy.decision import Held, Withheld
from hub.recipients import Recipient

# A register is checked before it is loaded; one loaded under an older hub may say what this one cannot read.
Wants = Filter | FilterFault


def filter_for(recipient: Recipient, kind: str) -> Wants | None:
    """The filter of a recipient for a kind; None where it wants all of it."""
    text = recipient.entry.filters.get(kind)
    return None if text is None else read_filter(text)


def unwanted(wants: Wants, event: Event) -> Held | Withheld | None:
    """Why the recipient is not told of an event, as it would read it; None where it wants it.

    Where that cannot be said it is not told (CESQL 1.2), but held, and a person's task: a slip in a filter is no wish.
    """
    outcome = Outcome.UNCLEAR if isinstance(wants, FilterFault) else wants.ask(event)
    if outcome is Outcome.UNCLEAR:
        return Held("filter-unclear")
    return Withheld("filtered") if outcome is Outcome.EXCLUDED else None
