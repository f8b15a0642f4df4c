"""A question from outside: may this recipient be told this? Checked, and answered for one field, all fields, or a whole case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from hub.policy.sharing import Sharing, may_share, source_of
from hub.policy.words import explain
from hub.recipients import Agreement, Register, prohibition
from schemas import Fault


def ask(register: Register, kind: str, recipient: str, field: str | None, on: date) -> Sharing | list[Fault]:
    """The answer, or what is wrong with the question. A field may be one that the kind does not have and a prohibition names."""
    found = register.recipients.get(recipient)
    faults = []
    if found is None:
        faults.append(Fault("recipient", "is not in the register", _near(recipient, register.recipients, ": `tuo recipients list`")))
    if kind not in register.kinds:
        faults.append(Fault("kind", "is no kind of event", ", ".join(sorted(register.kinds))))
    elif field is not None and field not in (known := register.kinds.field_paths(kind)) and prohibition(recipient, field) is None:
        faults.append(Fault("field", f"is no field of {kind}", _near(field, known)))
    return may_share(register, kind, found, field, on) if found is not None and not faults else faults


@dataclass(frozen=True, slots=True)
class Decided:
    """What a case's newest plan says of one recipient. `rule` is an agreement's `id@version` where it is `allowed`; `until` is the
    time (ISO 8601) at which it goes on by itself, where time alone is in its way."""

    recipient: str
    decision: str
    rule: str
    source: str
    sentence: str
    until: str | None = None


def decided(decision: Mapping[str, Any], terms: Agreement | None) -> Decided:
    """One decision of a plan in words; `terms` is the agreement it cites, where it does."""
    recipient, verdict, rule = decision["recipient"], decision["decision"], decision["rule"]
    if verdict == "allowed":
        return Decided(recipient, verdict, rule, "" if terms is None else source_of(terms), "This service is told.")
    return Decided(recipient, verdict, rule, f"rule {rule}", explain(rule), decision.get("until"))


def _near(given: str, known: Iterable[str], where: str = "") -> str:
    """The names most like the one given, how many more there are, and `where` they are listed."""
    names = sorted(known)
    near = get_close_matches(given, names, n=5, cutoff=0)
    more = f", and {len(names) - len(near)} more{where}" if len(names) > len(near) else ""
    return f"{', '.join(near)}{more}" or "nothing: the register is empty"
