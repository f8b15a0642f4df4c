"""The kinds of change: what the engine has to know of each, as data. A new kind is an entry and a schema, and no code."""

from hub.kinds.catalogue import BUILT_IN, Kinds, OwnKind, UnknownKind
from hub.kinds.checking import faults
from hub.kinds.kind import Apart, Kind, Part, Side, Where, at, said
from hub.kinds.relations import GRIEVING, Follow, Role, Tie
from hub.kinds.shipped import shipped

__all__ = [
    "BUILT_IN",
    "GRIEVING",
    "Apart",
    "Follow",
    "Kind",
    "Kinds",
    "OwnKind",
    "Part",
    "Role",
    "Side",
    "Tie",
    "UnknownKind",
    "Where",
    "at",
    "faults",
    "said",
    "shipped",
]
