"""When a delivery is late, by what its recipient agreed to: the rule alone, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.tasks import Cause
from schemas.delivery import State

# The clock looks at a delivery no sooner: one planned within half of it is there by then (hub.planning writes down the others).
SHORTEST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What one recipient agreed to. None: it never says."""

    collects_within: timedelta | None
    answers_within: timedelta | None

    @property
    def times(self) -> Mapping[State, timedelta]:
        """How long a delivery may stand in a state."""
        given = {State.PLACED: self.collects_within, State.ACCEPTED: self.answers_within}
        return {state: max(within, SHORTEST) for state, within in given.items() if within is not None}


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a delivery found: what it is late with, and when to look again (None: never)."""

    late: Cause | None = None
    again: datetime | None = None


_CAUSES = {State.PLACED: Cause.PLACED_TOO_LONG, State.ACCEPTED: Cause.ANSWER_OVERDUE}


def look_at(state: State, since: datetime, agreed: Agreed | None, now: datetime) -> Look:
    """A delivery in `state` `since` then. One on its way cannot be late sooner than if it arrived just now."""
    times = agreed.times if agreed else {}
    if not times or state > State.ACCEPTED:
        return Look()
    on_its_way = now + min(times.values())
    if state not in times:
        return Look() if state is State.ACCEPTED else Look(again=on_its_way)
    due = since + times[state]
    if due > now:
        return Look(again=due)
    return Look(_CAUSES[state], None if state is State.ACCEPTED else on_its_way)
