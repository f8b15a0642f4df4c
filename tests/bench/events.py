"""Invented deaths at real addresses, as a registrar's system would tell them: about 900 bytes each.

Every death carries a mark in its second given name, so that the witness knows without parsing which content came.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import orjson

SOURCE = "https://registrars.example.org/deaths"

# One and two of each district of Hertfordshire, and Liverpool: Contains OS data © Crown copyright and database right 2025.
POSTCODES = (
    "AL1 5WD AL6 9FJ AL10 8UD WD6 3DB HP23 4FU HP3 8JD SG5 2RL SG8 1FP SG11 1NX CM23 3AE EN8 8AP EN10 6JH WD3 5EB "
    "SG1 1JG SG1 1GA WD17 1XL WD25 7QD L8 8EZ L1 0DQ L4 4QT L19 1QS L18 0HX L8 5AL L12 9JL L24 3TE"
)
_POSTCODES = [f"{a} {b}" for a, b in zip(*[iter(POSTCODES.split())] * 2, strict=True)]
_GIVEN_NAMES = "Ada Beatrice Clement Doris Edwin Florence Gilbert Hilda Irene Jack Kathleen Leonard Mavis Norman Olive Percy"
_FAMILY_NAMES = "Attwood Bexley Carraway Dunmore Ellingham Farrow Goodall Hathersage Ingleby Jessop Kingsley Lomas Marchbank"
_GIVEN, _FAMILY = _GIVEN_NAMES.split(), _FAMILY_NAMES.split()
_STREETS = ("Danestrete", "Hope Street", "Letchmore Road", "Smithdown Road", "Fore Street", "Menlove Avenue", "London Road")
_NINO_FIRST, _NINO_SECOND = "ABCEHJLMPRSTWX", "ABCEHJLMPRSWXY"


@dataclass(frozen=True, slots=True)
class Told:
    """One notification of a workload: which death, which content of it, and what it says."""

    seed: int
    number: int
    edition: int
    body: bytes
    fact: str = "asserted"
    standing: str = "registered"

    @property
    def key(self) -> str:
        """An Idempotency-Key, one for each content."""
        return f"bench-{self.seed}-{self.number}-{self.edition}-{self.standing}"


def mark(number: int, edition: int) -> str:
    """What the witness looks for: `N000123E1`."""
    return f"N{number:06d}E{edition}"


def nino(seed: int, number: int) -> str:
    """A National Insurance number of its own for each death (HMRC NIM39110: no prefix that is not used)."""
    return f"{_NINO_FIRST[seed % 14]}{_NINO_SECOND[seed // 14 % 14]}{number % 1_000_000:06d}{'ABCD'[seed // 196 % 4]}"


def tell(
    number: int, *, seed: int = 1, edition: int = 1, fact: str = "asserted", standing: str = "registered", at: datetime | None = None
) -> Told:
    """The notification of death `number`; the same arguments give the same bytes, `at` apart.

    `at` is the source's time of this edition: by default editions lie a minute apart, all in the past.
    """
    random = Random(seed * 1_000_003 + number)
    given, family, partner = random.choice(_GIVEN), random.choice(_FAMILY), random.choice(_GIVEN)
    postcode = random.choice(_POSTCODES)
    at = at or datetime.now(UTC) - timedelta(hours=2) + timedelta(minutes=edition)
    born = f"19{random.randrange(25, 50)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
    address = {"lines": [f"{random.randrange(1, 200)} {random.choice(_STREETS)}"], "postcode": postcode}
    data: dict[str, Any] = {
        "standing": standing,
        "fact": fact,
        "sourceTime": at.isoformat(),
        "registration": {"number": f"{seed % 90 + 10}{number:07d}", "area": "england-and-wales", "registeredOn": "2025-11-16"},
        "deceased": {
            "names": {"given": [given, mark(number, edition)], "family": family},
            "sex": "female",
            "dateOfBirth": {"value": born, "verification": "00"},
            "dateOfDeath": {"value": "2025-11-10", "verification": "00"},
            "usualAddress": address,
            "nino": nino(seed, number),
            "maritalStatus": "widowed",
        },
        "nextOfKin": {"names": {"given": [partner], "family": family}, "relationship": "daughter", "telephone": "01438 242242"},
        "estateContact": {"names": {"given": [partner], "family": family}, "email": "estate@example.org"},
    }
    if standing == "informal":
        del data["registration"]
    event = {
        "specversion": "1.0",
        "id": f"death-{seed}-{number}-{edition}-{standing}",
        "source": SOURCE,
        "type": "uk.tellusonce.bereavement.v1",
        "time": at.isoformat(),
        "data": data,
    }
    return Told(seed, number, edition, orjson.dumps(event), fact, standing)
