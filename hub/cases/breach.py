"""The assessment of a breach: somebody was told what was not so, or of one person what is of another.

That is a disclosure that should not have been (UK GDPR Article 33): 72 hours, from when the hub learnt of it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from hub.tasks import Cause, TaskDraft

_WITHIN = timedelta(hours=72)


class Disclosed(NamedTuple):
    """What a recipient was told at once: the paths it read, and since when it may know."""

    recipient: str
    fields: Sequence[str]
    since: datetime | None


def breach_assessment(case: UUID, version: int, learnt: datetime, told: Iterable[Disclosed]) -> TaskDraft:
    """The task of a version that took back what was told, in the order it was. Each version asks anew: others may have been told."""
    fields: dict[str, set[str]] = {}
    since: dict[str, str] = {}
    for one in told:
        fields.setdefault(one.recipient, set()).update(one.fields)
        if one.since is not None:
            since.setdefault(one.recipient, one.since.isoformat())
    evidence = {"recipients": sorted(fields), "fields": {name: sorted(paths) for name, paths in fields.items()}, "since": since}
    return TaskDraft(Cause.BREACH_ASSESSMENT, f"{case} {version}", case, evidence=evidence, due_at=learnt + _WITHIN)
