"""What the agreements say about one recipient and one fact. Nothing is allowed that no agreement allows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from hub.recipients import Agreement, Recipient, Register, prohibition
from schemas import Fact, Standing


@dataclass(frozen=True, slots=True)
class Allowed:
    """Under `terms`, which messages and the disclosure record cite as `agreement`; `fields` are the paths that may be told, and
    no others."""

    terms: Agreement
    fields: tuple[str, ...]
    agreement: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "agreement", self.terms.name)


@dataclass(frozen=True, slots=True)
class Held:
    """Not now: the rule names what can change, `until` when it may by itself."""

    rule: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Withheld:
    """Not ever: the rule says why."""

    rule: str


Decision = Allowed | Held | Withheld


def decide(register: Register, kind: str, standing: Standing, fact: Fact, recipient: Recipient, on: date) -> Decision:
    """Whether `recipient` may be told of this fact on the day `on`, and which fields. What only the single case knows,
    `in_case` says.

    A cancellation or a retraction corrects what was told before, so it is not held for its standing: whoever was told
    is told that it is not so. Dates, the cited power and the impact assessment bind it like everything else.
    """
    running = register.running(recipient.id, kind, on)
    if running is None:
        return Held(_why_none_runs(register.agreements(recipient.id, kind), on))
    if running.lacks is not None:
        return Held(running.lacks)
    if standing < running.standing and fact is Fact.ASSERTED:
        return Held("standing")
    fields = _permitted(recipient.id, register.kinds.field_paths(kind), running.fields)
    return Allowed(running, fields) if fields else Withheld("prohibited")


def _why_none_runs(agreements: Sequence[Agreement], on: date) -> str:
    if any(on < one.starts for one in agreements):
        return "not-started"
    return "ended" if agreements else "no-agreement"


@lru_cache(maxsize=65_536)
def _permitted(recipient: str, known: frozenset[str], fields: tuple[str, ...]) -> tuple[str, ...]:
    """Loading refuses an agreement that names a prohibited field; this holds for a register that was loaded before the rule was there."""
    return tuple(field for field in fields if prohibition(recipient, field, known) is None)
