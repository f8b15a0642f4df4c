"""Why a task arises: the closed set, each with its owner, its time and what settles it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Cause(StrEnum):
    """Why a person is needed. The value is what the ledger, the API and metrics show."""

    UNROUTABLE = "unroutable"
    UNPLACED = "unplaced"
    NO_AGREEMENT = "no-agreement"
    AGREEMENT_ENDING = "agreement-ending"
    PLAN_FAILED = "plan-failed"
    LEFT_OUT = "left-out"
    NOT_FOLLOWED = "not-followed"
    MATCH_PROPOSED = "match-proposed"
    KEYS_DISAGREE = "keys-disagree"
    CONTACT_DISPUTED = "contact-disputed"
    BREACH_ASSESSMENT = "breach-assessment"
    TOLD_NOT_SO = "told-not-so"
    FAILED = "failed"
    UNCLAIMED = "unclaimed"
    ENDPOINT_FAULT = "endpoint-fault"
    GONE = "gone"
    PLACED_TOO_LONG = "placed-too-long"
    ANSWER_OVERDUE = "answer-overdue"
    NEEDS_INFORMATION = "needs-information"
    REJECTED = "rejected"
    LATE_ANSWER = "late-answer"
    DEAD_LETTER = "dead-letter"

    @property
    def owner(self) -> str:
        """Whose it is unless the draft says otherwise."""
        return _ABOUT[self].owner

    @property
    def within(self) -> timedelta:
        """How long its owner has."""
        return _ABOUT[self].within

    @property
    def sentence(self) -> str:
        """What happened, for the person who opens it."""
        return _ABOUT[self].sentence

    @property
    def settled_by(self) -> str:
        """What closes it, by itself or by a person's hand."""
        return _ABOUT[self].settled_by


@dataclass(frozen=True, slots=True)
class _About:
    owner: str
    within: timedelta
    sentence: str
    settled_by: str


_OPERATOR, _PARTNERS, _REGISTRAR, _PRIVACY = "operator", "partner-desk", "registrar", "privacy-officer"
_HOURS, _DAY, _DAYS = timedelta(hours=4), timedelta(days=1), timedelta(days=3)

_DECISION = "`tuo cases merge` or `tuo cases keep-apart`; `tuo cases review` shows both sides"
_BY_HAND = "a person, then `tuo tasks close`"

_ABOUT = {
    Cause.UNROUTABLE: _About(
        _PARTNERS,
        _DAY,
        "A service that should be told has no recipient for this place.",
        "a recipient for it in the register (`tuo recipients load`), and the next plan",
    ),
    Cause.UNPLACED: _About(
        _OPERATOR,
        _DAY,
        "The address has no place the hub knows, so no council could be chosen.",
        "a version with a known postcode, or `tuo tasks close`",
    ),
    Cause.NO_AGREEMENT: _About(
        _PARTNERS,
        _DAYS,
        "Deliveries to this recipient are held: no agreement in force allows them, or it lacks its power or its impact assessment.",
        "a register in which one does, with both (`tuo recipients load`)",
    ),
    Cause.AGREEMENT_ENDING: _About(
        _PARTNERS,
        timedelta(days=30),
        "An agreement ends, and nothing follows it: from that day the recipient's deliveries are held.",
        "a register in which another follows, or it ends later (`tuo recipients load`)",
    ),
    Cause.PLAN_FAILED: _About(_OPERATOR, _HOURS, "A case could not be planned.", "the case's next plan"),
    Cause.LEFT_OUT: _About(
        _OPERATOR,
        _HOURS,
        "A plan left out somebody due by the policy of its day. It is made again; find out why.",
        _BY_HAND,
    ),
    Cause.NOT_FOLLOWED: _About(
        _REGISTRAR,
        _DAYS,
        "What follows for somebody named in this case could not be told: something that it needs is not said.",
        "a version that says it, or `tuo tasks close`",
    ),
    Cause.MATCH_PROPOSED: _About(_REGISTRAR, _DAYS, "Two cases look like the same change.", _DECISION),
    Cause.KEYS_DISAGREE: _About(_REGISTRAR, _DAY, "One notification carries identifiers of two cases, or a wrong origin.", _DECISION),
    Cause.CONTACT_DISPUTED: _About(
        _REGISTRAR,
        _DAYS,
        "Tellers name different people where one is meant: as spouse, partner, parent, next of kin or estate contact.",
        _BY_HAND,
    ),
    Cause.BREACH_ASSESSMENT: _About(
        _PRIVACY,
        _DAYS,
        "Recipients were told what was not so, or of one person what is of another. Decide on telling the regulator within 72 hours.",
        _BY_HAND,
    ),
    Cause.TOLD_NOT_SO: _About(
        _PARTNERS,
        _HOURS,
        "The recipient was told what is not so, and is told that it is not. See that it puts its records right.",
        "its answer `applied` or `no-record` to the retraction, or a person who asked it, then `tuo tasks close`",
    ),
    Cause.FAILED: _About(
        _OPERATOR, _HOURS, "A delivery could not be made.", "`tuo deliveries redrive`, an answer of the recipient, or a newer version"
    ),
    Cause.UNCLAIMED: _About(
        _OPERATOR,
        _HOURS,
        "Deliveries are due and no worker takes them: none runs, or it lacks an address or a secret, which its log names.",
        "a worker taking them, or `tuo recipients pause`",
    ),
    Cause.ENDPOINT_FAULT: _About(
        _PARTNERS, _HOURS, "The recipient's endpoint refuses the hub itself (credentials, address or method).", "the breaker closing"
    ),
    Cause.GONE: _About(_PARTNERS, _DAY, "The recipient's endpoint said it wants no more, and is paused.", "`tuo recipients resume`"),
    Cause.PLACED_TOO_LONG: _About(
        _PARTNERS, _DAY, "The recipient has not collected what lies there for it.", "its collecting it, or its answer"
    ),
    Cause.ANSWER_OVERDUE: _About(_PARTNERS, _DAYS, "The recipient has not said within the agreed time that it is done.", "its answer"),
    Cause.NEEDS_INFORMATION: _About(_OPERATOR, _DAY, "The recipient needs to know more.", "another answer, or the next message"),
    Cause.REJECTED: _About(
        _OPERATOR, _DAYS, "The recipient rejected the delivery, with its reason.", "a later answer, or `tuo tasks close`"
    ),
    Cause.LATE_ANSWER: _About(_OPERATOR, _DAYS, "A recipient answered a message that the hub no longer stands by.", _BY_HAND),
    Cause.DEAD_LETTER: _About(_OPERATOR, _DAY, "A record could not be processed.", "`tuo deadletters redrive`, or `tuo tasks close`"),
}
