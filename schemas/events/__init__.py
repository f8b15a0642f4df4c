"""One file per life event, and the registry of kinds. A new kind is a model here; the engine does not change."""

from schemas.events.bereavement import Bereavement, FreeText, RegisterArea, Registration
from schemas.events.deceased import Deceased, MaritalStatus, Sex, Stay, StayKind
from schemas.events.life_event import LifeEvent, UtcTime, event_type
from schemas.events.registry import KINDS, field_paths

__all__ = [
    "KINDS",
    "Bereavement",
    "Deceased",
    "FreeText",
    "LifeEvent",
    "MaritalStatus",
    "RegisterArea",
    "Registration",
    "Sex",
    "Stay",
    "StayKind",
    "UtcTime",
    "event_type",
    "field_paths",
]
