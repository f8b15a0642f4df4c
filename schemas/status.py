"""What became of a case: `GET /v1/cases/{reference}`, and the news of every change of a delivery's state."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from schemas.acknowledgement import Answer
from schemas.delivery import Notice, State
from schemas.events.life_event import UtcTime
from schemas.standing import Fact, Standing
from schemas.words import Model

StateWord = Literal[
    "held", "queued", "sending", "placed", "needs information", "failed",
    "accepted", "applied", "no record held", "rejected", "withheld", "superseded", "cancelled",
]  # fmt: skip
STATE_WORDS: dict[State, StateWord] = {state: state.word for state in State}  # type: ignore[misc]

NoticeWord = Literal["notified", "corrected", "withdrawn", "cancelled", "retracted"]
NOTICE_WORDS: dict[Notice, NoticeWord] = {notice: notice.name.lower() for notice in Notice}  # type: ignore[misc]


class CaseState(StrEnum):
    """`told`: everyone has it or the end is known. `complete`: every end is known."""

    TELLING = "telling"
    TOLD = "told"
    COMPLETE = "complete"
    NEEDS_ATTENTION = "needs attention"


class DeliveryStatus(Model):
    """One recipient of the case: what it was told, whether it knows, and what it did."""

    delivery: UUID
    recipient: str
    organisation: str
    service: str
    notice: NoticeWord
    version: int
    state: StateWord
    told: bool = Field(description="the recipient knows, or may know: cleared only by proof that nothing was sent")
    since: UtcTime
    restored: bool = Field(False, description="it was told before that this had been cancelled or was not so, and now that it stands")
    says_when_done: bool = Field(True, description="false: has received it; does not tell us when it is done")
    answers_shown: bool = Field(
        True, description="false: what it answers is between it and the person concerned; `accepted` is all that is shown"
    )
    rule: str | None = Field(None, description="the rule that holds it, or why it ended so: a code")
    explanation: str | None = Field(None, description="the same in plain words")
    answer: Answer | None = None
    reason: str | None = Field(None, description="the recipient's own words, where its agreement lets them return")
    next_attempt_at: UtcTime | None = None
    attempts: int = 0


class NotTold(Model):
    """Somebody considered and not told, with the rule and what it means."""

    recipient: str
    organisation: str
    service: str
    decision: Literal["held", "withheld", "not-concerned", "unroutable"]
    rule: str
    explanation: str
    until: UtcTime | None = Field(None, description="when it is told, where time alone holds it")
    side: Literal["lives", "leaves", "arrives"] | None = Field(None, description="unroutable: which address led to no council")


class RelatedState(StrEnum):
    """How far a related case is, and no more: what becomes of it is between the person it is about and who is told."""

    WAITING = "waiting for confirmation"
    TELLING = "telling"
    TOLD = "told"
    ENDED = "taken back"


class Related(Model):
    """A case that follows from this one for somebody named in it. Whom it is for and who is told is not shown."""

    kind: str
    state: RelatedState


class ContactPoint(Model):
    """Somebody at the hub to speak to."""

    name: str
    telephone: str
    email: str


class CaseStatus(Model):
    """Who was to be told, who knows, what each did, and why others were not told."""

    reference: str
    kind: str
    state: CaseState
    standing: Standing
    fact: Fact
    version: int
    told_at: UtcTime = Field(description="when this teller first told the hub")
    erased_before: UtcTime | None = Field(None, description="what was told before has been erased, and cannot be read any more")
    planned_at: UtcTime | None = None
    recipients_shown: bool = Field(True, description="false: everybody who must know is told; who that is is not shown to this teller")
    deliveries: tuple[DeliveryStatus, ...] = ()
    not_told: tuple[NotTold, ...] = ()
    notes: Annotated[tuple[str, ...], Field(description="why other councils are told than those of the day on which it happened")] = ()
    related: tuple[Related, ...] = ()
    contact: ContactPoint | None = Field(None, description="where it was retracted: whom a person concerned by it can speak to")
    links: dict[str, str] = Field(default_factory=dict)


class DeliveryStatusEvent(Model):
    """One record of the topic `delivery-status`. A case version's `planned` event names no delivery and no recipient."""

    id: str
    case: UUID
    version: int
    delivery: UUID | None = None
    recipient: str | None = None
    from_: StateWord | None = Field(None, alias="from")
    state: StateWord | Literal["planned"]
    cause: str | None = None
    at: UtcTime
