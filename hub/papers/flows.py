"""Who is told what, as the papers say it: one flow for each agreement that has not ended."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from hub.kinds import Kind, is_below
from hub.papers.wording import in_words
from hub.recipients import Agreement, Recipient, Register

# Beneath these a branch of a kind is a person: `deceased.names`, `relatives.person`.
_PERSON = ("names", "person")
# Of special categories (UK GDPR Article 9), or asking the same care.
_SENSITIVE = ("careHome", "stayBeforeDeath", "blueBadge", "nhsNumber", "chi", "dependants")


@dataclass(frozen=True, slots=True)
class Flow:
    """One kind of change to one recipient under one agreement."""

    kind: Kind
    recipient: Recipient
    terms: Agreement
    people: tuple[str, ...]

    @property
    def details(self) -> tuple[str, ...]:
        return tuple(in_words(field) for field in self.terms.fields)

    @property
    def sensitive(self) -> tuple[str, ...]:
        return tuple(in_words(field) for field in self.terms.fields if field.rpartition(".")[2] in _SENSITIVE)

    @property
    def is_held(self) -> bool:
        return self.terms.lacks is not None


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of change with all of its flows."""

    kind: Kind
    flows: Sequence[Flow]

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for flow in self.flows for one in flow.people))

    @property
    def details(self) -> tuple[str, ...]:
        return tuple(sorted({one for flow in self.flows for one in flow.details}))

    @property
    def purposes(self) -> tuple[str, ...]:
        return tuple(sorted({flow.terms.purpose for flow in self.flows if flow.terms.purpose}))


def flows_of(register: Register, on: date) -> list[Flow]:
    """Every flow on a day, recipient by recipient."""
    return list(_flows(register, on))


def by_kind(flows: Sequence[Flow], register: Register) -> list[Told]:
    """Every kind that anybody is told of, in the order of their names."""
    kinds = sorted({flow.kind.name for flow in flows})
    return [Told(register.kinds[kind], [flow for flow in flows if flow.kind.name == kind]) for kind in kinds]


def by_recipient(flows: Sequence[Flow], register: Register) -> list[tuple[Recipient, list[Flow]]]:
    """Every recipient with its flows, in the order of their ids."""
    return [(one, [flow for flow in flows if flow.recipient is one]) for one in register.recipients.values()]


def _flows(register: Register, on: date) -> Iterator[Flow]:
    for recipient in register.recipients.values():
        for kind in sorted(recipient.entry.kinds):
            known = register.kinds.field_paths(kind)
            for terms in register.agreements(recipient.id, kind):
                if terms.ends is None or on < terms.ends:
                    yield Flow(register.kinds[kind], recipient, terms, tuple(_people(known, terms.fields)))


def _people(known: Iterable[str], fields: Sequence[str]) -> Iterator[str]:
    """The people of whom the fields tell: whose branch of the kind is a person's."""
    persons = {path.rpartition(".")[0] for path in known if path.rpartition(".")[2] in _PERSON}
    tops = dict.fromkeys(field.partition(".")[0] for field in fields)
    return (in_words(top) for top in tops if any(is_below(one, (top,)) for one in persons))
