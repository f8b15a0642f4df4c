"""Which ward and which councils a postcode belongs to on a given day, after every reorganisation known by then."""

from hub.places.councils import Council, CouncilKind, Succession
from hub.places.find import Place, Reason, Tier, Unplaced, Ward, council, find, successor

__all__ = ["Council", "CouncilKind", "Place", "Reason", "Succession", "Tier", "Unplaced", "Ward", "council", "find", "successor"]
