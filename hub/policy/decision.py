"""What the agreements say about one recipient and one fact. Nothing is allowed that no agreement allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.recipients import Agreement, Recipient, Register
from schemas import Fact, Standing


@dataclass(frozen=True, slots=True)
class Allowed:
    """`agreement` is cited as `id@version`; `fields` are the paths that may be told, and no others."""

    agreement: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """Not now: the rule names what can change."""

    rule: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """Not ever: the rule says why."""

    rule: str


Decision = Allowed | Held | Withheld

_EXPLAINED = {
    "no-agreement": "There is no agreement yet under which this service may be told.",
    "not-started": "The agreement with this service has not started yet.",
    "ended": "The agreement with this service has ended.",
    "no-power": "The agreement with this service cites no power to share yet.",
    "standing": "This service is told only once the fact is surer: certified, or registered.",
    "nothing-to-tell": "There is nothing in it that this service may be told.",
    "nothing-new": "This service told the hub itself, and there is nothing it did not say.",
    "told-already": "This service has all of it that it may be told already.",
    "no-recipient": "No service of this kind is known for this place.",
    "no-address": "No usual address with a postcode is known.",
    "not-concerned": "This service is not concerned any more.",
    "withdrawn-before": "This service was told before that it is not concerned any more.",
    "overtaken": "A newer version of the case has taken its place.",
    "erased": "What this service was told has been erased.",
    "not-a-postcode": "The address has no British postcode.",
    "unknown-postcode": "The postcode is not known.",
    "northern-ireland": "The address is in Northern Ireland, whose councils the hub does not reach.",
    "crown-dependency": "The address is in a Crown Dependency, whose councils the hub does not reach.",
    "abroad": "The address is abroad.",
    "no-district": "The postcode belongs to no council's area.",
    "council-unresolved": "Which council is responsible for the postcode is not known.",
}


def explain(rule: str) -> str:
    """A rule in plain words, for people."""
    return _EXPLAINED.get(rule, f"The rule {rule} decided so.")


def decide(register: Register, kind: str, standing: Standing, fact: Fact, recipient: Recipient, on: date) -> Decision:
    """Whether `recipient` may be told of this fact on the day `on`, and which fields.

    A cancellation or a retraction corrects what was told before, so it is not held for its standing: whoever was told
    is told that it is not so. Dates and the cited power bind it like everything else.
    """
    agreements = register.agreements(recipient.id, kind)
    running = next((one for one in agreements if one.is_running(on)), None)
    if running is None:
        return Held(_why_none_runs(agreements, on))
    if not running.cites_power:
        return Held("no-power")
    if standing < running.standing and fact is Fact.ASSERTED:
        return Held("standing")
    return Allowed(running.name, running.fields)


def _why_none_runs(agreements: Sequence[Agreement], on: date) -> str:
    if any(on < one.starts for one in agreements):
        return "not-started"
    return "ended" if agreements else "no-agreement"
