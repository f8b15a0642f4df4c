"""Who never lived, where they would have lived, and how somebody tells of them."""

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Event = Mapping[str, Any]

_GIVEN = (
    "Anaïs", "Beatrice", "Charles", "Dorothy", "Edwin", "Frances", "George", "Hilda",
    "Ivor", "Joyce", "Kenneth", "Lilian", "Maurice", "Nora", "Oswald", "Phyllis",
)  # fmt: skip
_FAMILY = (
    "Ashdown", "Brightwell", "Carrow", "Dunmore", "Elstree", "Farrow", "Gadsby",
    "Hartwell", "Inskip", "Jellicoe", "Kimpton", "Lambourne", "Marden", "Norbury",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lived. The postcodes are real, the houses are not."""

    lines: tuple[str, ...]
    postcode: str

    @property
    def address(self) -> dict[str, Any]:
        return {"lines": list(self.lines), "postcode": self.postcode}


STEVENAGE = Home(("12 Roaring Meg Walk", "Stevenage"), "SG1 1XX")
HERTFORD = Home(("3 Old Cross Yard", "Hertford"), "SG13 8EQ")
WATFORD = Home(("41 Cassiobury Row", "Watford"), "WD17 3EX")
ST_ALBANS = Home(("6 Verulam Steps", "St Albans"), "AL1 3JE")
LIVERPOOL = Home(("8 Paradise Steps", "Liverpool"), "L1 8JQ")
CAMBRIDGE = Home(("5 Peas Hill Court", "Cambridge"), "CB2 3QJ")


def invent_name() -> tuple[str, str]:
    """A given and a family name."""
    chance = random.SystemRandom()
    return chance.choice(_GIVEN), chance.choice(_FAMILY)


def event(kind: str, standing: str, fact: str = "asserted", **content: Any) -> Event:
    """A CloudEvent about one change, as a client posts it."""
    now = datetime.now(UTC).isoformat()
    data = {"standing": standing, "fact": fact, "sourceTime": now, **content}
    id_ = str(uuid.uuid4())
    return {"specversion": "1.0", "id": id_, "source": "urn:example:demo", "type": f"uk.tellusonce.{kind}.v1", "time": now, "data": data}
