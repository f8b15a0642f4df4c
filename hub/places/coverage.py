"""What becomes of every postcode there is on a day: how many have their councils, and how many lead to nobody, by reason."""

from collections import Counter
from datetime import date
from pathlib import Path

from hub.places.find import Place, Tier, place_of
from hub.places.gazetteer import data_folder, gazetteer
from hub.places.reasons import Reason


def coverage(on: date, folder: Path | None = None) -> Counter[Tier | Reason]:
    """How many postcodes lie in each arrangement of councils, and how many have none and why.

    Areas are judged and postcodes counted: thousands of the one, millions of the other; seconds.
    """
    folder = folder or data_folder()
    found = Counter[Tier | Reason]()
    for number, count in Counter(number for _, number in gazetteer(folder).postcodes).items():
        place = place_of(number, on, folder)
        found[place.tier if isinstance(place, Place) else place.reason] += count
    return found
