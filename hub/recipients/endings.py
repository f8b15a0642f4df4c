"""Agreements that are about to end, or have ended, with nothing to follow them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hub.recipients.entries import Agreement
from hub.recipients.register import Register

# So long before an agreement ends its people are asked for the next.
WARNED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Ending:
    """`ends` is the first day on which the agreement no longer holds, `days` how many are left: none, or less, once it has ended."""

    agreement: Agreement
    ends: date
    days: int


def endings(register: Register, on: date) -> list[Ending]:
    """What ends within the time of warning after `on`, or has ended, and leaves its recipient without an agreement; the earliest first."""
    found = (ending(some, on) for some in register.agreed.values())
    return sorted((one for one in found if one is not None), key=lambda one: (one.ends, one.agreement.name))


def ending(agreements: Sequence[Agreement], on: date) -> Ending | None:
    """The same of all agreements of one recipient for one kind, in the order in which they start."""
    begun = [one for one in agreements if one.starts <= on]
    if not begun or (ends := begun[-1].ends) is None or ends - on > WARNED_WITHIN:
        return None
    gap = max(ends, on)
    return None if any(one.is_running(gap) for one in agreements) else Ending(begun[-1], ends, (ends - on).days)
