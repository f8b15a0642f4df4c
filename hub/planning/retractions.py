"""What a retraction asks of people: that each recipient told puts it right, and whether the regulator is to be told."""

from collections.abc import Iterator, Sequence

from hub.cases import Disclosed, breach_assessment
from hub.planning.case import DueCase, NotTelling, Past, Telling, Verdict
from hub.planning.knowing import told_before
from hub.tasks import Cause, TaskDraft
from schemas import Fact, Notice, State


def retracted(case: DueCase, verdicts: Sequence[Verdict]) -> Iterator[TaskDraft]:
    """The tasks of a retraction, each opened once: a plan made again asks only for what was held before."""
    held = {past.recipient for past in case.past if case.is_current(past) and past.state is State.HELD}
    hear = [one.recipient for one in verdicts if isinstance(one, Telling) and (not case.is_replan or one.recipient in held)]
    lost = [one.recipient for one in verdicts if isinstance(one, NotTelling) and one.rule == "erased" and not case.is_replan]
    yield from (_put_right(case, recipient, is_sent=True) for recipient in hear)
    yield from (_put_right(case, recipient, is_sent=False) for recipient in lost)
    if told := _disclosed(case, {*hear, *lost}):
        yield breach_assessment(case.id, case.version, case.recorded_at, told)


def taken_back(case: DueCase, drafts: Sequence[TaskDraft]) -> Iterator[str]:
    """Retractions that nobody needs to see to any more: it is so after all, or the recipient is told anew that it is not."""
    anew = {draft.recipient for draft in drafts if draft.cause is Cause.TOLD_NOT_SO}
    for past in case.past:
        if past.notice is Notice.RETRACTED and not case.is_current(past) and (case.fact is not Fact.RETRACTED or past.recipient in anew):
            yield str(past.id)


def _put_right(case: DueCase, recipient: str, *, is_sent: bool) -> TaskDraft:
    """`is_sent`: the hub tells it. What it was told may be erased here: then only a person can."""
    id_ = case.delivery_id(recipient)
    return TaskDraft(
        Cause.TOLD_NOT_SO, str(id_), case.id, id_ if is_sent else None, recipient, {"told": "by the hub" if is_sent else "erased"}
    )


def _disclosed(case: DueCase, recipients: set[str]) -> list[Disclosed]:
    """What they were told of it, in the order it was. Who told the hub itself, and was told nothing, is not among them."""
    return [Disclosed(past.recipient, _read(past), past.since) for past in told_before(case) if past.recipient in recipients]


def _read(past: Past) -> Sequence[str]:
    """Of what a thin event left to be fetched, and nobody fetched, nothing was disclosed."""
    return past.fields if past.was_read else ()
