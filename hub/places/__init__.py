"""Which ward and which councils a postcode belongs to on a given day, after every reorganisation known by then."""

from hub.places.councils import Council, CouncilKind, Ending, Succession
from hub.places.coverage import coverage
from hub.places.find import Place, Tier, Unplaced, council, districts_of, find, locate, successor
from hub.places.gazetteer import Ward, edition
from hub.places.reasons import Reason
from hub.places.succession import TakenOver, describe_end, ending, taken_over, why

__all__ = [
    "Council",
    "CouncilKind",
    "Ending",
    "Place",
    "Reason",
    "Succession",
    "TakenOver",
    "Tier",
    "Unplaced",
    "Ward",
    "council",
    "coverage",
    "describe_end",
    "districts_of",
    "edition",
    "ending",
    "find",
    "locate",
    "successor",
    "taken_over",
    "why",
]
