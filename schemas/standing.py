"""How sure a fact is, what is said of it, and who said it. The numbers are stored in the ledger."""

from enum import StrEnum

from schemas.words import WordEnum


class Standing(WordEnum):
    """How sure the fact is, by its source: informal < certified < registered."""

    INFORMAL = 1
    CERTIFIED = 2
    REGISTERED = 3


class Fact(WordEnum):
    """What a notification says: it happened; its registration is cancelled; it never happened ("not dead")."""

    ASSERTED = 1
    CANCELLED = 2
    RETRACTED = 3


class SourceKind(StrEnum):
    """What kind of body a client is. It bounds the standing the client may claim."""

    CITIZEN = "citizen"
    CONTACT_DESK = "contact-desk"
    HOSPITAL = "hospital"
    CORONER = "coroner"
    REGISTRAR = "registrar"
    REGISTER = "register"
    DEPARTMENT = "department"
    COUNCIL_SERVICE = "council-service"
    RECIPIENT = "recipient"


# Through these people tell, whoever they are; the others are bodies that tell for themselves.
OF_PEOPLE = frozenset({SourceKind.CITIZEN, SourceKind.CONTACT_DESK})

_HIGHEST = {
    SourceKind.CORONER: Standing.CERTIFIED,
    SourceKind.REGISTRAR: Standing.REGISTERED,
    SourceKind.REGISTER: Standing.REGISTERED,
}


def highest_standing(source_kind: SourceKind) -> Standing:
    """The most a source of this kind can make of a fact: only coroners certify, only registrars and the register register."""
    return _HIGHEST.get(source_kind, Standing.INFORMAL)
