"""Case versions as records of `life-events`: CloudEvents in Kafka's binary binding (1.0.2), the data sealed as it lies in the ledger.

The key is the subject's id; `ce_caseid` and `ce_caseversion` say what to plan. A record can be made again from the
ledger at any time, and readers tolerate repeats and any order.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from schemas import event_type


class Waiting(NamedTuple):
    """One row of the outbox, with what its record is made of."""

    id: int
    urgent: bool
    case_id: UUID
    version: int
    notification: UUID
    recorded_at: datetime
    sealed: bytes
    subject: UUID
    kind: str

    @property
    def key(self) -> bytes:
        return str(self.subject).encode()

    def partition(self, count: int) -> int:
        """Random ids spread evenly; one subject stays in one partition while their number stays."""
        return self.subject.int % count


class Headers:
    """Makes the records' headers. `source` is the hub's public URL."""

    def __init__(self, source: str) -> None:
        self._same = [
            ("content-type", b"application/octet-stream"),
            ("ce_specversion", b"1.0"),
            ("ce_source", source.encode()),
        ]

    def of(self, event: Waiting) -> list[tuple[str, bytes]]:
        return [
            *self._same,
            ("ce_id", str(event.notification).encode()),
            ("ce_type", event_type(event.kind).encode()),
            ("ce_time", event.recorded_at.isoformat().encode()),
            ("ce_subject", event.key),
            ("ce_caseid", str(event.case_id).encode()),
            ("ce_caseversion", b"%d" % event.version),
        ]
