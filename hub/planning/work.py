"""The tasks that plans leave to people, and those that a newer plan settles."""

import time
from collections.abc import Collection, Sequence

from hub.planning.case import DueCase, Holding, NotTelling, Past, Verdict
from hub.planning.retractions import retracted, taken_back
from hub.tasks import Cause, TaskDraft
from schemas import Fact, State

# These say of the recipient, and not of the case, what is missing: one task each, however many cases wait for it.
_LACKS = frozenset({"no-agreement", "no-power", "no-impact-assessment", "ended", "filter-unclear"})
_OF_PLANS = (Cause.UNROUTABLE, Cause.UNPLACED, Cause.PLAN_FAILED, Cause.NOT_FOLLOWED)
# What a delivery in these states asks of a person, until something newer takes its place.
_ASKED = {State.FAILED: Cause.FAILED, State.NEEDS_INFORMATION: Cause.NEEDS_INFORMATION}
_SAID_FOR = 60.0  # seconds for which a process does not say it again


class Work:
    """Finds tasks. Remembers which recipients it has just spoken of, so that a flood of held deliveries asks once."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def opened_by(self, case: DueCase, verdicts: Sequence[Verdict]) -> list[TaskDraft]:
        """What a person must look at."""
        missing = [one for one in verdicts if isinstance(one, NotTelling) and one.decision == "unroutable"]
        drafts = [self._lack(case, one) for one in verdicts if isinstance(one, Holding) and self._is_new(one)]
        if missing:
            cause = Cause.UNROUTABLE if missing[0].rule == "no-recipient" else Cause.UNPLACED
            evidence = {"rule": missing[0].rule, "services": [one.recipient for one in missing]}
            drafts.append(TaskDraft(cause, str(case.id), case.id, evidence=evidence))
        if case.unfollowed:
            drafts.append(TaskDraft(Cause.NOT_FOLLOWED, str(case.id), case.id, evidence={"kinds": sorted(set(case.unfollowed))}))
        if case.fact is Fact.RETRACTED:
            drafts += retracted(case, verdicts)
        return drafts

    def closed_by(self, case: DueCase, verdicts: Sequence[Verdict], drafts: Sequence[TaskDraft]) -> list[tuple[Cause, str]]:
        """What the plan settles: of the plans before it, and of the deliveries it overtakes."""
        still = {draft.cause for draft in drafts}
        settled = [cause for cause in _OF_PLANS if case.with_tasks and cause not in still]
        dropped = {one.recipient for one in verdicts if isinstance(one, NotTelling)}
        overtaken = [past for past in case.past if past.state in _ASKED and _is_settled(case, past, dropped)]
        asked = [*((cause, str(case.id)) for cause in settled), *((_ASKED[past.state], str(past.id)) for past in overtaken)]
        return asked + [(Cause.TOLD_NOT_SO, delivery) for delivery in taken_back(case, drafts)]

    def _is_new(self, holding: Holding) -> bool:
        if holding.rule not in _LACKS:
            return False
        now = time.monotonic()
        if self._said.get(holding.recipient, 0.0) > now:
            return False
        self._said[holding.recipient] = now + _SAID_FOR
        return True

    def _lack(self, case: DueCase, holding: Holding) -> TaskDraft:
        return TaskDraft(Cause.NO_AGREEMENT, holding.recipient, recipient=holding.recipient, evidence={"rule": holding.rule})


def _is_settled(case: DueCase, past: Past, dropped: Collection[str]) -> bool:
    """Of an older version, or failed and of somebody who is not to be told any more."""
    return not case.is_current(past) or (past.state is State.FAILED and past.recipient in dropped)
