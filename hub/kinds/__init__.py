"""The kinds of change: what the engine has to know of each, as data. A new kind is an entry and a schema, and no code."""

from hub.kinds.catalogue import BUILT_IN, Kinds, OwnKind, UnknownKind, is_below
from hub.kinds.checking import faults, schema_fault
from hub.kinds.entry import Entry, Path, Slug
from hub.kinds.kind import Apart, Kind, Matching, Part, Side, Where, at, said
from hub.kinds.relations import GRIEVING, Follow, Role, Tie
from hub.kinds.shipped import SAFE_LOADER, shipped

__all__ = [
    "BUILT_IN",
    "GRIEVING",
    "SAFE_LOADER",
    "Apart",
    "Entry",
    "Follow",
    "Kind",
    "Kinds",
    "Matching",
    "OwnKind",
    "Part",
    "Path",
    "Role",
    "Side",
    "Slug",
    "Tie",
    "UnknownKind",
    "Where",
    "at",
    "faults",
    "is_below",
    "said",
    "schema_fault",
    "shipped",
]
