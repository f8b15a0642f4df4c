"""Which ward and which councils a postcode belongs to on a given day, after every reorganisation known by then."""

from hub.places.build import SOURCES
from hub.places.councils import Council, CouncilKind, Ending, Succession
from hub.places.coverage import coverage
from hub.places.find import Place, Tier, Unplaced, council, districts_of, find, locate, successor
from hub.places.gazetteer import Ward, edition
from hub.places.reasons import Reason
from hub.places.succession import TakenOver, describe_end, ending, taken_over
from hub.places.updating import Changes, prepare_edition, put_in_place

__all__ = [
    "SOURCES",
    "Changes",
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
    "prepare_edition",
    "put_in_place",
    "successor",
    "taken_over",
]
