"""May this be shared? One answer for a kind, a recipient and a field, with the rule, where it comes from, and what a citizen reads."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hub.kinds import is_below
from hub.policy.decision import Allowed, decide
from hub.policy.filtering import filter_for
from hub.policy.words import explain
from hub.recipients import Agreement, Prohibition, Recipient, Register, prohibition
from schemas import Fact, Standing


class Verdict(StrEnum):
    """`held` waits for what its rule names, an agreement above all; `prohibited` is so whatever anybody agrees."""

    ALLOWED = "allowed"
    HELD = "held"
    PROHIBITED = "prohibited"


@dataclass(frozen=True, slots=True)
class Sharing:
    """`rule` is an agreement's `id@version` where it is allowed, and a rule's code otherwise; `sentence` is the citizen's."""

    recipient: str
    kind: str
    field: str | None
    verdict: Verdict
    rule: str
    source: str
    sentence: str


def may_share(register: Register, kind: str, recipient: Recipient, field: str | None, on: date) -> Sharing:
    """Whether `recipient` may be told of a kind on a day, or with `field` (a dotted path) whether it may be told that.

    Asked of a fact as sure as facts are: what else a single case may lack, its plan says.
    """
    if field is not None and (rule := prohibition(recipient.id, field, register.kinds.field_paths(kind))) is not None:
        return _prohibited(recipient, kind, field, rule)
    decision = decide(register, kind, Standing.REGISTERED, Fact.ASSERTED, recipient, on)
    if not isinstance(decision, Allowed):
        return _held(recipient, kind, field, decision.rule, _cited(register, kind, recipient, on))
    if field is not None and not is_below(field, decision.fields):
        return _held(recipient, kind, field, "not-agreed", decision.terms)
    told = "This service is told" if decision.terms.asks == "statute" else "This service is told if you choose it"
    what = "." if field is None else ", and this with it."
    wish = "" if filter_for(recipient, kind) is None else " It asked to be told of some of this kind of news only."
    return Sharing(recipient.id, kind, field, Verdict.ALLOWED, decision.agreement, source_of(decision.terms), f"{told}{what}{wish}")


def source_of(terms: Agreement) -> str:
    """Where an agreement takes its right from, for whoever sends and whoever receives."""
    if terms.sender is None or terms.receiver is None:
        return f"protocol {terms.protocol}"
    sides = (("sender", terms.sender), ("receiver", terms.receiver))
    said = (f"{side}: {', '.join(filter(None, (one.power, one.basis, one.condition)))}" for side, one in sides)
    return f"{'; '.join(said)}; protocol {terms.protocol}"


def _cited(register: Register, kind: str, recipient: Recipient, on: date) -> Agreement | None:
    agreements = register.agreements(recipient.id, kind)
    return register.running(recipient.id, kind, on) or (agreements[-1] if agreements else None)


def _held(recipient: Recipient, kind: str, field: str | None, rule: str, terms: Agreement | None) -> Sharing:
    source = "no agreement" if terms is None else f"agreement {terms.name}, protocol {terms.protocol}"
    return Sharing(recipient.id, kind, field, Verdict.HELD, rule, source, explain(rule))


def _prohibited(recipient: Recipient, kind: str, field: str, rule: Prohibition) -> Sharing:
    return Sharing(recipient.id, kind, field, Verdict.PROHIBITED, rule.id, rule.source, rule.sentence)
