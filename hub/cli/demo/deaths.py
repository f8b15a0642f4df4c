"""Invented deaths at real places, fresh at every demo: an extract of the General Register Office, and those told by API."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from hub.cli.demo.people import CAMBRIDGE, HERTFORD, LIVERPOOL, ST_ALBANS, STEVENAGE, WATFORD, Event, Home, event, invent_name
from schemas.days import today


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who never lived, and now has died."""

    given: str
    family: str
    born: date
    died: date
    home: Home
    number: str  # of the registration

    @classmethod
    def at(cls, home: Home) -> "Person":
        chance = random.SystemRandom()
        died = today() - timedelta(days=chance.randint(3, 9))
        born = died - timedelta(days=chance.randint(20_000, 36_000))
        given, family = invent_name()
        return cls(given, family, born, died, home, str(chance.randint(100_000_000, 999_999_999)))


def write_extract(path: Path) -> int:
    """An extract with a death in Stevenage and its later correction, one in Liverpool, and one in Cambridge, for which this
    register knows no council service; how many cases that makes."""
    stevenage, liverpool, cambridge = (Person.at(home) for home in (STEVENAGE, LIVERPOOL, CAMBRIDGE))
    locked = datetime.now(UTC) - timedelta(days=2)
    records = [
        # The correction stands before what it corrects, as it may in a real extract.
        _record(stevenage, _stamp("RecordUpdateDateTime", locked + timedelta(days=1)) + "<RecordUpdateReason>3</RecordUpdateReason>"),
        _record(stevenage, _stamp("RecordLockedDateTime", locked), given=stevenage.given.upper()),
        _record(liverpool, _stamp("RecordLockedDateTime", locked)),
        _record(cambridge, _stamp("RecordLockedDateTime", locked)),
    ]
    path.write_text(f"{_HEAD}{''.join(records)}<RecordCount>{len(records)}</RecordCount></DeathRegistrationGroup>\n", encoding="utf-8")
    return 3


def corrected_death() -> tuple[Event, Event]:
    """A death in Hertford, as a registrar tells it, and its correction: the day was another."""
    person = Person.at(HERTFORD)
    return _death(person), _death(replace(person, died=person.died - timedelta(days=1)))


def retracted_death() -> tuple[Event, Event]:
    """A death in St Albans, as the register tells it, and its retraction: nobody died."""
    person = Person.at(ST_ALBANS)
    return _death(person), _death(person, fact="retracted")


def informal_death() -> Event:
    """A death in Watford, as a hospital tells it: not registered yet, so the agreements hold it."""
    return _death(Person.at(WATFORD), standing="informal")


def _death(person: Person, standing: str = "registered", fact: str = "asserted") -> Event:
    deceased = {
        "names": {"given": [person.given], "family": person.family},
        "dateOfBirth": {"value": person.born.isoformat()},
        "dateOfDeath": {"value": person.died.isoformat()},
        "usualAddress": person.home.address,
    }
    registered = {"registration": {"number": person.number, "area": "england-and-wales"}} if standing == "registered" else {}
    return event("bereavement", standing, fact, deceased=deceased, **registered)


_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<DeathRegistrationGroup xmlns="http://www.ons.gov.uk/gro/OGDDeathExtractDWP"
  xmlns:ns1="http://www.govtalk.gov.uk/people/PersonDescriptives"
  xmlns:ns3="http://www.ons.gov.uk/gro/people/GROAddressDescriptives"
  xmlns:ns4="http://www.ons.gov.uk/gro/people/GROPersonDescriptives">
"""


def _stamp(element: str, at: datetime) -> str:
    return f"<{element}>{at:%Y-%m-%dT%H:%M:%S}.000</{element}>"


def _record(person: Person, stamp: str, given: str | None = None) -> str:
    lines = "".join(f"<ns3:Line>{escape(line)}</ns3:Line>" for line in person.home.lines)
    return f"""<DeathRegistration>
  <RegistrationID>{person.number}</RegistrationID>
  {stamp}
  <DeceasedName>
    <ns4:PersonGivenName>{escape(given or person.given)}</ns4:PersonGivenName>
    <ns4:PersonFamilyName>{escape(person.family)}</ns4:PersonFamilyName>
  </DeceasedName>
  <DeceasedGender>2</DeceasedGender>
  <DeceasedDeathDate><ns1:PersonDeathDate>{person.died}</ns1:PersonDeathDate></DeceasedDeathDate>
  <DeceasedBirthDate>
    <ns1:PersonBirthDate>{person.born}</ns1:PersonBirthDate>
    <ns1:VerificationLevel>00</ns1:VerificationLevel>
  </DeceasedBirthDate>
  <DeceasedAddress>{lines}<ns3:Postcode>{person.home.postcode}</ns3:Postcode></DeceasedAddress>
</DeathRegistration>
"""
