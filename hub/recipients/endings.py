"""Agreements that are about to end with nothing to follow them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.recipients.entries import Agreement
from hub.recipients.register import Register

# So long before an agreement ends its people are asked for the next.
WARNED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Ending:
    """An agreement in force. `ends` is the first day on which it no longer holds, `days` those left on which it does."""

    agreement: Agreement
    ends: date
    days: int


def endings(register: Register, on: date) -> list[Ending]:
    """Of the agreements in force on `on` those that end within the time of warning and that nothing follows, the next to end first."""
    every = (one for organisation in register.organisations for one in organisation.agreements)
    found = (ending(one, register.agreements(one.recipient, one.kind), on) for one in every)
    return sorted((one for one in found if one is not None), key=lambda one: (one.days, one.agreement.name))


def ending(one: Agreement, others: Sequence[Agreement], on: date) -> Ending | None:
    """The same of one agreement; `others` are all of its recipient and kind."""
    if one.ends is None or not one.is_running(on) or one.ends - on > WARNED_WITHIN:
        return None
    return None if any(other.is_running(one.ends) for other in others) else Ending(one, one.ends, (one.ends - on).days)
