"""From an outcome to a verdict: the one place that decides whether, and when, a delivery is tried again."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.contract import Delivered, EndpointFault, Gone, Outcome, Placed, Refused, Retry
from hub.delivery.parts import Claimed, Verdict
from schemas.delivery import State

RETRY_AFTER = "retry-after"  # the recipient's own wish: a returning backlog waits for it all the same


@dataclass(frozen=True, slots=True)
class Schedule:
    """Seconds. The delay doubles from `first` to `longest`, ±20 %; a delivery is given up `lasts` after its first failure."""

    first: float
    longest: float
    lasts: float

    def delay(self, attempts: int) -> float:
        """Seconds until the next try after `attempts` tries."""
        doubled = self.first * 2.0 ** min(attempts - 1, 40)
        return float(min(doubled, self.longest) * random.uniform(0.8, 1.2))

    def bounded(self, after: float) -> float:
        """A recipient's `Retry-After`, within what we grant."""
        return float(min(max(after, 1.0), self.longest))


def judge(claimed: Claimed, outcome: Outcome, now: datetime, schedule: Schedule, open_for: timedelta = timedelta()) -> Verdict:
    """What `outcome` makes of the delivery. `open_for` is how long the lane's breaker has been open, which does not count.

    A told recipient stays told; only proof that nothing was sent takes back what the claim set.
    """
    kept = (claimed.retry_until, claimed.attempts)
    match outcome:
        case Delivered():
            return Verdict(State.ACCEPTED, True, now, *kept)
        case Placed():
            return Verdict(State.PLACED, True, now, *kept)
        case Refused(cause=cause):
            return Verdict(State.FAILED, True, now, *kept, cause)
        case Gone():
            return Verdict(State.QUEUED, True, now, *kept, "gone")
        case EndpointFault(cause=cause, unsent=unsent):
            return Verdict(State.QUEUED, claimed.was_told or not unsent, now, *kept, cause)
        case Retry():
            return _again(claimed, outcome, now, schedule, open_for)


def _again(claimed: Claimed, outcome: Retry, now: datetime, schedule: Schedule, open_for: timedelta) -> Verdict:
    told = claimed.was_told or not outcome.unsent
    until = claimed.retry_until or now + timedelta(seconds=schedule.lasts)
    if now > until + open_for:
        return Verdict(State.FAILED, told, now, until, claimed.attempts, outcome.cause)
    if outcome.after is not None:
        return Verdict(State.QUEUED, told, now + timedelta(seconds=schedule.bounded(outcome.after)), until, claimed.attempts, RETRY_AFTER)
    return Verdict(State.QUEUED, told, now + timedelta(seconds=schedule.delay(claimed.attempts)), until, claimed.attempts, outcome.cause)


def given_back(claimed: Claimed, now: datetime) -> Verdict:
    """A claim that was never written to the wire: as if it had not been."""
    return Verdict(State.QUEUED, claimed.was_told, now, claimed.retry_until, claimed.attempts - 1)


def never_told(claimed: Claimed, now: datetime) -> Verdict:
    """A cancellation or withdrawal for somebody who, it proved, had been told nothing: it falls away."""
    return Verdict(State.CANCELLED, False, now, claimed.retry_until, claimed.attempts - 1, "never-told")


def unreadable(claimed: Claimed, now: datetime) -> Verdict:
    """What it says does not open under its key: a defect of the stores that a person must look at."""
    return Verdict(State.FAILED, claimed.was_told, now, claimed.retry_until, claimed.attempts - 1, "seal-broken")


def erased(claimed: Claimed, now: datetime) -> Verdict:
    """Its key is gone: the case was erased, and nothing can be sent any more."""
    return Verdict(State.CANCELLED, claimed.was_told, now, claimed.retry_until, claimed.attempts - 1, "erased")
