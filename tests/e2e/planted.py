"""Invented people whose every name, number and address is found nowhere else, so that a copy of one can be looked for."""

import random
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# Known to nobody but who was told: anything drawn from here must not be seen outside the seal.
PLANTED: set[str] = set()

_chance = random.SystemRandom()
_NOW = datetime.now(UTC).replace(microsecond=0)
_TYPE = "uk.tellusonce.bereavement.v1"


def planted(text: str) -> str:
    """`text`, remembered as something that must not be seen outside the seal."""
    PLANTED.add(text)
    return text


def word(letters: int = 9) -> str:
    """A name nobody has."""
    return planted("".join(_chance.choices(string.ascii_lowercase, k=letters)).capitalize())


def figures(count: int) -> str:
    return planted("".join(_chance.choices(string.digits, k=count)))


def source_time(minute: int) -> str:
    """The source's clock, `minute` after an evening long ago enough that nothing else happened then."""
    return (_NOW - timedelta(days=2) + timedelta(minutes=minute)).isoformat()


@dataclass(frozen=True)
class Home:
    """Where somebody lived. `codes` are the councils that serve the postcode, as everybody can look up."""

    town: str
    postcode: str
    codes: tuple[str, ...]


STEVENAGE = Home("Stevenage", "SG1 1XX", ("E07000243", "E10000015"))
WATFORD = Home("Watford", "WD17 3EX", ("E07000103", "E10000015"))
LIVERPOOL = Home("Liverpool", "L1 8JQ", ("E08000012",))
CAMBRIDGE = Home("Cambridge", "CB2 3QJ", ("E07000008", "E10000003", "E47000008"))
READING = Home("Reading", "RG1 2LU", ("E06000038",))


@dataclass(frozen=True, repr=False)
class Person:
    """Somebody who died. `tag` is a given name that nobody else has."""

    home: Home = STEVENAGE
    tag: str = field(default_factory=word)
    family: str = field(default_factory=word)
    registration: str = field(default_factory=lambda: figures(9))
    nino: str = field(default_factory=lambda: planted(f"{_chance.choice(('AB', 'CE', 'HJ'))}{_chance.randrange(10**6):06d}C"))
    nhs_number: str = field(default_factory=lambda: _nhs_number())
    born: str = field(default_factory=lambda: planted(f"19{_chance.randint(25, 49)}-0{_chance.randint(1, 9)}-{_chance.randint(10, 28)}"))
    died: str = field(default_factory=lambda: planted((_NOW - timedelta(days=_chance.randint(20, 60))).date().isoformat()))
    line: str = field(default_factory=lambda: planted(f"{_chance.randint(10, 99)} {word()} Walk"))

    @property
    def deceased(self) -> dict[str, Any]:
        """Enough to know the person by."""
        return {
            "names": {"given": [self.tag], "family": self.family},
            "dateOfBirth": {"value": self.born},
            "dateOfDeath": {"value": self.died},
            "usualAddress": {"lines": [self.line, self.home.town], "postcode": planted(self.home.postcode)},
            "nino": self.nino,
        }


def death(person: Person, standing: str = "registered", fact: str = "asserted", minute: int = 0, **fields: Any) -> dict[str, Any]:
    """What somebody tells of a death: a CloudEvent. `fields` are laid over the data; those of `deceased` one by one."""
    data: dict[str, Any] = {"standing": standing, "fact": fact, "sourceTime": source_time(minute), "deceased": person.deceased}
    if standing == "registered":
        data["registration"] = {"number": person.registration, "area": "england-and-wales"}
    data["deceased"] |= fields.pop("deceased", {})
    id_ = planted(f"{person.tag.lower()}-{_chance.randrange(10**9)}")
    return {"specversion": "1.0", "id": id_, "source": f"urn:example:{standing}", "type": _TYPE, "data": data | fields}


def full_death(person: Person) -> dict[str, Any]:
    """A registered death with everything in it that any recipient asks for, and what none does."""
    contact = {"names": {"given": [word()], "family": word()}, "telephone": f"01438 {figures(8)}", "email": f"{word()}@example.org".lower()}
    home = {"lines": [planted(f"{_chance.randint(1, 99)} {word()} Close")], "postcode": person.home.postcode}
    return death(
        person,
        deceased={
            "names": {"title": "Mrs", "given": [person.tag, word()], "family": person.family},
            "aliases": [{"given": [word()], "family": word(), "type": "formerly known as"}],
            "maidenName": word(),
            "sex": "female",
            "placeOfBirth": word(),
            "maritalStatus": "widowed",
            "nhsNumber": person.nhs_number,
            "passportNumbers": [figures(9)],
            "drivingLicence": planted("".join(_chance.choices(string.ascii_uppercase + string.digits, k=16))),
            "vehicles": [planted(f"Q{_chance.randint(10, 99)}{''.join(_chance.choices('BCDFG', k=4))}")],
            "blueBadge": figures(8),
            "concessionaryPass": figures(12),
            "careHome": False,
            "stayBeforeDeath": {"kind": "hospice", "name": word()},
        },
        informant=contact | {"relationship": "daughter"},
        nextOfKin=contact | {"address": home},
        estateContact=contact | {"address": home, "reference": word()},
        spouse={"names": {"given": [word()], "family": word()}, "nino": planted(f"CE{_chance.randrange(10**6):06d}A")},
        dependants=True,
        uprn=figures(12),
        adultsRemaining=1,
        statement={"names": contact["names"], "address": home, "relationship": "daughter", "signedOn": "2026-11-01", "text": word(30)},
    )


def _nhs_number() -> str:
    while True:
        nine = f"{_chance.randrange(4 * 10**8, 5 * 10**8)}"
        check = (11 - sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11) % 11
        if check < 10:
            return planted(f"{nine}{check}")
