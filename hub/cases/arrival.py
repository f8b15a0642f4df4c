"""What comes to a case, and what the hub answers: values, made ready before the database is asked anything."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, IntEnum
from uuid import UUID, uuid4

from hub.cases.matching import Marks, marks_of
from hub.cases.reference import new_reference
from hub.kinds import Kind, Kinds
from hub.privacy import Blind, DataKey, case_context
from schemas import Fact, LifeEvent, Notification, SourceKind, Standing, encode_notification, highest_standing, new_id, parse_message_id


@dataclass(frozen=True, slots=True)
class Arrival:
    """One validated notification, and who brought it. `idempotency_key` is the caller's own, beside source and id; by
    `mark` the hub finds the case again that it opened itself. `recipient`: whom this client answers for."""

    client_id: str
    source_kind: SourceKind
    notification: Notification
    idempotency_key: str | None = None
    mark: bytes | None = None
    recipient: str | None = None


class Position(IntEnum):
    """Where an arrival stands in its case. The numbers are stored in the ledger."""

    NEW = 1  # it opened the case
    NEWER = 2  # what recipients are to know changes with it
    OLDER = 3  # kept, and not sent: something surer or newer is known
    REPEATED = 4  # kept, and not sent: another teller said the same


class Cause(Enum):
    """Why an arrival is refused."""

    OTHER_BODY = "the same key, or the same source and id, came before with another content"
    ERASED = "it came before, and the case has been erased since"
    UNKNOWN = "`corrects` names no notification of yours"
    STANDING = "a source of this kind cannot claim this standing"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing was recorded."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class Recorded:
    """It is in the ledger. `replay`: it was there before, and this is the first answer again."""

    notification: UUID
    case_id: UUID
    version: int
    reference: str
    position: Position
    merged: bool  # another teller had told of the case before
    replay: bool = False


@dataclass(slots=True)
class Draft:
    """An arrival made ready: hashed and encoded, with the ids it takes if it opens a case."""

    client: str
    kind: Kind
    standing: Standing
    fact: Fact
    source_time: datetime
    marks: Marks
    keys: tuple[bytes, ...]  # idempotency, in order
    body: bytes  # keyed hash of the content
    content: bytes = field(repr=False)
    event: LifeEvent
    corrects: bytes | None = None  # the key of the notification it names as corrected
    recipient: str | None = None
    origin: UUID | None = None  # the delivery it names as where it comes from
    notification: UUID = field(default_factory=new_id)
    case_id: UUID = field(default_factory=new_id)
    subject: UUID = field(default_factory=uuid4)
    reference: str = field(default_factory=new_reference)

    def sealed(self, key: DataKey, case_id: UUID, version: int) -> bytes:
        return key.seal(self.content, case_context(case_id, version))


def draft_of(arrival: Arrival, kinds: Kinds, blind: Blind) -> Draft | Refusal:
    """Ready to be recorded; refused where it claims more than its source can."""
    event = arrival.notification.data
    if event.standing > highest_standing(arrival.source_kind):
        return Refusal(Cause.STANDING)
    kind = kinds[event.kind]
    told = arrival.notification
    content = encode_notification(told)
    keys = {blind.key("event", told.source, told.id)}
    if arrival.idempotency_key is not None:
        keys.add(blind.key("idempotency", arrival.idempotency_key))
    marks = marks_of(event, kind, blind)
    if arrival.mark is not None:
        marks = replace(marks, certain=(arrival.mark, *marks.certain))
    return Draft(
        client=arrival.client_id,
        kind=kind,
        standing=event.standing,
        fact=event.fact,
        source_time=event.source_time,
        marks=marks,
        keys=tuple(sorted(keys)),
        body=blind.key("body", content),
        content=content,
        event=event,
        corrects=None if told.corrects is None else blind.key("event", told.source, told.corrects),
        recipient=arrival.recipient,
        origin=None if told.originid is None or (of := parse_message_id(told.originid)) is None else of[0],
    )
