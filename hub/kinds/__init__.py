"""The kinds of change: what the engine has to know of each, as data. A new kind is an entry and a schema, and no code."""

from hub.kinds.catalogue import BUILT_IN, Kinds, OwnKind, UnknownKind
from hub.kinds.checking import faults
from hub.kinds.kind import Apart, Kind, Matching, Part, Side, Where, at, said

__all__ = ["BUILT_IN", "Apart", "Kind", "Kinds", "Matching", "OwnKind", "Part", "Side", "UnknownKind", "Where", "at", "faults", "said"]
