"""One file per life event, and the registry of kinds. A new kind is a model here or a schema of one's own; the engine does not change."""

from schemas.events.bereavement import Bereavement, FreeText
from schemas.events.birth import Birth, Confinement
from schemas.events.change_of_address import ChangeOfAddress, HouseholdMember, Residence
from schemas.events.change_of_contact import ChangeOfContact, Reach, Way
from schemas.events.change_of_name import ChangeOfName, NameChange
from schemas.events.deceased import Deceased, MaritalStatus, Stay, StayKind
from schemas.events.family_bereavement import FamilyBereavement, Lost
from schemas.events.life_event import LifeEvent, Misplaced, UtcTime, event_type
from schemas.events.partnership import Partnership, PartnershipChange
from schemas.events.registry import FOR_THE_HUB, KINDS, field_paths, members_at, types_at
from schemas.events.stillbirth import Stillbirth, StillbornChild

__all__ = [
    "FOR_THE_HUB",
    "KINDS",
    "Bereavement",
    "Birth",
    "ChangeOfAddress",
    "ChangeOfContact",
    "ChangeOfName",
    "Confinement",
    "Deceased",
    "FamilyBereavement",
    "FreeText",
    "HouseholdMember",
    "LifeEvent",
    "Lost",
    "MaritalStatus",
    "Misplaced",
    "NameChange",
    "Partnership",
    "PartnershipChange",
    "Reach",
    "Residence",
    "Stay",
    "StayKind",
    "Stillbirth",
    "StillbornChild",
    "UtcTime",
    "Way",
    "event_type",
    "field_paths",
    "members_at",
    "types_at",
]
