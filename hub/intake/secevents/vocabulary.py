"""`deathRegistered` and `deathRegistrationUpdated` of the government vocabulary, as the data of a bereavement.

Source: govuk-one-login/data-vocab, its LinkML of version 1: `lifeEvents` (the events, the codes of an update, the form of
`deathRegistration`, `toe` as the time of the event), `name` (names as parts), `address`, `person`,
`common` (partial dates with a description), and its examples. The descriptions of names are those of the Life Events
Platform's own conversion of the General Register Office's extract.

Left out: when a name or an address held (`validFrom`, `validUntil`; those that ended are not the person's any more), and
every birth date and sex but the first, of which the vocabulary has lists for form's sake alone.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from hub.intake.member import Member
from hub.intake.secevents.address import postal_address
from schemas import Fact, Standing
from schemas.days import today

_VOCABULARY = "https://vocab.account.gov.uk/v1/"
# Authority names of RFC 4198: the register of England and Wales is the General Register Office's.
_REGISTRATION = re.compile(r"urn:fdc:gro\.gov\.uk:[0-9]{4,8}:death:([0-9A-Za-z]{1,20})")
_SEXES = {"Male": "male", "Female": "female", "Indeterminate": "indeterminate"}
_MAIDEN = "Name before marriage"
# As the extract's codes 1 to 5, in the same words: one record told both ways says the same.
_REASONS = {
    "formal_correction": "formal correction",
    "quality_assurance": "quality assurance",
    "typographical": "typographical correction",
    "cancelled": "registration cancelled",
    "cancellation_removed": "cancellation removed",
}
_CANCELLED = "registration cancelled"

NAMES = {
    "id": "jti",
    "source": "iss",
    "sourceTime": "deathRegistrationTime or recordUpdateTime",
    "registration.number": "deathRegistration",
    "deceased.names": "subject.name",
    "deceased.aliases": "subject.name",
    "deceased.aliases.type": "subject.name.description",
    "deceased.maidenName": "subject.name",
    "deceased.dateOfBirth": "subject.birthDate",
    "deceased.dateOfDeath": "deathDate",
    "deceased.usualAddress": "subject.address",
    "freeText.dateOfDeath": "freeFormatDeathDate",
    "freeText.dateOfBirth": "subject.freeFormatBirthDate",
    "uprn": "subject.address.uprn",
}


def _registered(event: Member, claims: Member) -> dict[str, Any]:
    return _bereavement(event, claims, event.at("deathRegistrationTime"), None)


def _updated(event: Member, claims: Member) -> dict[str, Any]:
    return _bereavement(event, claims, event.at("recordUpdateTime"), event.at("deathRegistrationUpdateReason").one_of(_REASONS))


EVENTS: dict[str, tuple[str, Callable[[Member, Member], dict[str, Any]]]] = {
    f"{_VOCABULARY}deathRegistered": ("bereavement", _registered),
    f"{_VOCABULARY}deathRegistrationUpdated": ("bereavement", _updated),
}


def _bereavement(event: Member, claims: Member, at: Member, reason: str | None) -> dict[str, Any]:
    subject = event.at("subject").needed("who died")
    home = subject.at("address").first(_holds)
    return {
        "standing": Standing.REGISTERED,
        "fact": Fact.CANCELLED if reason == _CANCELLED else Fact.ASSERTED,
        "sourceTime": at.text() or _time_of_event(claims.at("toe")),
        "reason": reason,
        "registration": {"number": _number(event.at("deathRegistration")), "area": "england-and-wales"},
        "deceased": {
            **_all_names([name for name in subject.at("name").items() if _holds(name)]),
            "sex": sex.at("value").one_of(_SEXES) if (sex := subject.at("sex").first()) else "",
            "dateOfBirth": _date(subject.at("birthDate").first()),
            "dateOfDeath": _date(event.at("deathDate")),
            "usualAddress": postal_address(home),
        },
        "uprn": str(home.at("uprn").value) if home.at("uprn") else "",
        "freeText": {
            "dateOfDeath": event.at("freeFormatDeathDate").text(),
            "dateOfBirth": subject.at("freeFormatBirthDate").text(),
        },
    }


def _number(registration: Member) -> str:
    accepted = "urn:fdc:gro.gov.uk:<year>:death:<number>"
    found = _REGISTRATION.fullmatch(registration.needed(accepted).text())
    if found is None:
        raise registration.refused("is no entry in a register the hub knows", accepted)
    return found[1]


def _time_of_event(toe: Member) -> str:
    if isinstance(toe.value, bool) or not isinstance(toe.value, int) or not 0 < toe.value < 1 << 35:
        raise toe.refused("is not a time, nor does the event say its own", "seconds since 1970")
    return datetime.fromtimestamp(toe.value, UTC).isoformat()


def _holds(dated: Member) -> bool:
    until = dated.at("validUntil").text()
    return not until or until > today().isoformat()


def _all_names(names: Iterable[Member]) -> dict[str, Any]:
    """The first name without a description is the person's; the one before marriage is the maiden name; the rest are aliases."""
    said: dict[str, Any] = {"names": None, "maidenName": None, "aliases": []}
    for name in names:
        description, parts = name.at("description").text(), _parts(name)
        if not description and said["names"] is None:
            said["names"] = parts
        elif description == _MAIDEN and said["maidenName"] is None and parts["family"]:
            said["maidenName"] = parts["family"]
        else:
            said["aliases"].append({**parts, "type": description})
    return said


def _parts(name: Member) -> dict[str, Any]:
    parts = [(part.at("type").text(), part.at("value").text()) for part in name.at("nameParts").items()]
    given = [value for kind, value in parts if kind == "GivenName"]
    return {"given": given, "family": " ".join(value for kind, value in parts if kind == "FamilyName")}


def _date(date: Member) -> dict[str, str] | None:
    return {"value": date.at("value").text(), "qualifier": date.at("description").text()} if date.at("value") else None
