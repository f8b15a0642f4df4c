"""The words the hub and its partners share, as models. Nothing in here imports the hub."""

from schemas.acknowledgement import LARGEST_ACKNOWLEDGEMENT, Acknowledgement, Answer, parse_acknowledgement
from schemas.delivery import SAID_ALWAYS, TRANSITIONS, Notice, State, sources_of
from schemas.disclosure import CitedPower, Disclosure, Disclosures
from schemas.events import FOR_THE_HUB, KINDS, Bereavement, LifeEvent, event_type, field_paths, members_at, types_at
from schemas.faults import Fault, faults, in_words
from schemas.ids import delivery_id, delivery_ids, message_id, new_id, parse_message_id
from schemas.notification import (
    BUILT_IN,
    Notification,
    Notifications,
    content_of,
    encode_notification,
)
from schemas.receipt import BatchReceipt, ProblemDocument, Receipt
from schemas.standing import Fact, SourceKind, Standing, highest_standing
from schemas.status import CaseState, CaseStatus, DeliveryStatus, DeliveryStatusEvent, NotTold

__all__ = [
    "BUILT_IN",
    "FOR_THE_HUB",
    "KINDS",
    "LARGEST_ACKNOWLEDGEMENT",
    "SAID_ALWAYS",
    "TRANSITIONS",
    "Acknowledgement",
    "Answer",
    "BatchReceipt",
    "Bereavement",
    "CaseState",
    "CaseStatus",
    "CitedPower",
    "DeliveryStatus",
    "DeliveryStatusEvent",
    "Disclosure",
    "Disclosures",
    "Fact",
    "Fault",
    "LifeEvent",
    "NotTold",
    "Notice",
    "Notification",
    "Notifications",
    "ProblemDocument",
    "Receipt",
    "SourceKind",
    "Standing",
    "State",
    "content_of",
    "delivery_id",
    "delivery_ids",
    "encode_notification",
    "event_type",
    "faults",
    "field_paths",
    "highest_standing",
    "in_words",
    "members_at",
    "message_id",
    "new_id",
    "parse_acknowledgement",
    "parse_message_id",
    "sources_of",
    "types_at",
]
