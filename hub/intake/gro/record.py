"""One record of an extract as a notification."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hub.intake.gro.elements import Node
from hub.intake.translation import NotTaken, address, notification, said
from schemas import Fact, Fault, Notification, Standing
from schemas.days import UK

SOURCE = "urn:uk:gro:death-extract"
TYPE = "uk.tellusonce.bereavement.v1"

_SEXES = {"1": "male", "2": "female", "9": "indeterminate"}
_REASONS = {
    "1": "formal correction",
    "2": "quality assurance",
    "3": "typographical correction",
    "4": "registration cancelled",
    "5": "cancellation removed",
}
_CANCELLED = "4"


def notification_of(record: Node, id_key: bytes) -> Notification:
    """The notification of a record, with an id that is the same at every reading and says nothing without `id_key`.

    Raises `NotTaken`.
    """
    number = _one(record, "RegistrationID")
    if not number:
        raise NotTaken(Fault("RegistrationID", "is missing", ""))
    stamp, reason = _stamp(record)
    at = _utc(stamp)
    data = {
        "standing": Standing.REGISTERED,
        "fact": Fact.CANCELLED if reason == _CANCELLED else Fact.ASSERTED,
        "sourceTime": at,
        "reason": _REASONS[reason] if reason else None,
        "registration": {"number": number, "area": "england-and-wales"},
        "deceased": _deceased(record),
        "freeText": _free_text(record),
    }
    identity = hashlib.blake2b(f"{number}\n{at.isoformat()}".encode(), key=id_key, digest_size=16, person=b"gro event").hexdigest()
    return notification(
        {"specversion": "1.0", "id": identity, "source": SOURCE, "type": TYPE, "time": at, "data": {"deceased": {}, **said(data)}}
    )


def _stamp(record: Node) -> tuple[str, str]:
    locked, updated = _one(record, "RecordLockedDateTime"), _one(record, "RecordUpdateDateTime")
    reason = _one(record, "RecordUpdateReason")
    if bool(locked) == bool(updated):
        raise NotTaken(Fault("RecordLockedDateTime", "one of it and RecordUpdateDateTime is needed", ""))
    if updated and reason not in _REASONS:
        raise NotTaken(Fault("RecordUpdateReason", "1 to 5 is needed with RecordUpdateDateTime", ""))
    return updated or locked, reason if updated else ""


def _utc(text: str) -> datetime:
    """UK local time where it names no zone; of the hour that comes twice in October, the first."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UK)).astimezone(UTC)
    except (ValueError, OverflowError):
        accepted = "a date and time such as 2012-03-12T17:39:54.000"
        raise NotTaken(Fault("RecordLockedDateTime or RecordUpdateDateTime", accepted, "")) from None


def _deceased(record: Node) -> dict[str, Any]:
    sex = _one(record, "DeceasedGender")
    if sex and sex not in _SEXES:
        raise NotTaken(Fault("DeceasedGender", "1, 2 or 9", ""))
    return {
        "names": next(iter(_names(record, "DeceasedName")), None),
        "aliases": _aliases(record),
        "maidenName": _one(record, "DeceasedMaidenName"),
        "sex": _SEXES.get(sex),
        "dateOfDeath": _date(record, "Death", _one(record, "QualifierText")),
        "dateOfBirth": _date(record, "Birth", ""),
        "usualAddress": _address(record),
    }


def _aliases(record: Node) -> list[dict[str, Any]]:
    """Aliases and their types stand in two lists. Where these are not of one length nobody can say which type is whose."""
    names = _names(record, "DeceasedAliasName")
    types = _all(record, "DeceasedAliasNameType")
    if len(types) != len(names):
        return names
    return [{**name, "type": type_} for name, type_ in zip(names, types, strict=True)]


def _names(record: Node, element: str) -> list[dict[str, Any]]:
    return [
        {
            "title": _one(name, "PersonNameTitle"),
            "given": _all(name, "PersonGivenName"),
            "family": _one(name, "PersonFamilyName"),
        }
        for name in record.get(element, ())
        if isinstance(name, dict)
    ]


def _date(record: Node, of: str, qualifier: str) -> dict[str, Any] | None:
    """The full date where there is one, else year and month, else the year."""
    verification = ""
    full = _inner(record, f"Deceased{of}Date")
    value = _one(full, f"Person{of}Date") if full else ""
    if full and value:
        verification = _one(full, "VerificationLevel")
    else:
        year, month = _one(record, f"PartialYearOf{of}"), _one(record, f"PartialMonthOf{of}")
        value = f"{year}-{month.strip('-').zfill(2)}" if year and month else year
    return {"value": value, "verification": verification, "qualifier": qualifier} if value else None


def _free_text(record: Node) -> dict[str, Any]:
    death = _one(record, "FreeFormatDeathDate")
    if not death and _date(record, "Death", "") is None:
        death = _one(record, "QualifierText")  # all there is to say when
    return {"dateOfDeath": death, "dateOfBirth": _one(record, "FreeFormatBirthDate")}


def _address(record: Node) -> dict[str, Any] | None:
    found = _inner(record, "DeceasedAddress")
    if found is None:
        return None
    return address([_one(found, "Flat"), _one(found, "Building"), *_all(found, "Line")], _one(found, "Postcode"))


def _one(node: Node, element: str) -> str:
    return next(iter(_all(node, element)), "")


def _all(node: Node, element: str) -> Sequence[str]:
    return [text for text in node.get(element, ()) if isinstance(text, str)]


def _inner(node: Node, element: str) -> Node | None:
    return next((inner for inner in node.get(element, ()) if isinstance(inner, dict)), None)
