"""What recipients are told of a case: the newest registered facts, and the people around the subject as each teller gave them.

Facts come from the version that is the truth. Each other teller's newest word fills what the truth leaves open (the
register knows no National Insurance number). People such as the estate contact, spouse and next of kin never follow time: where
tellers name different ones, none is given, and `contactDisputed` says so. Which members are which, the kind says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.cases.truth import Account, truth
from hub.kinds import Kind
from schemas.standing import Fact

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version(Account):
    """A version with its teller and its opened content (`schemas.content_of`)."""

    client: str
    content: Mapping[str, Any] = field(repr=False)


def effective_content(kind: Kind, versions: Sequence[Version]) -> Content:
    """What is told of a case now, from all of its versions that can still be read, in any order."""
    newest = truth(versions)
    if len(versions) == 1 or newest.fact is not Fact.ASSERTED:
        return dict(next(v.content for v in versions if v.version == newest.version))
    accounts = _one_a_teller(versions, newest)
    told = dict(accounts[0].content)
    for other in accounts[1:]:
        for name, value in other.content.items():
            if kind.is_truth_alone(name) or name in kind.by_teller:
                continue
            if name not in told:
                told[name] = value
            elif isinstance(value, dict):
                told[name] = {**value, **told[name]}
    return _with_people(kind, told, accounts)


def says_more(kind: Kind, content: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether a teller says of the subject what is not told so already; the people around it are compared as people."""
    for name, value in content.items():
        known = told.get(name)
        if kind.is_truth_alone(name) or known == value:
            continue
        if name in kind.by_teller and known is not None and _who(known) == _who(value):
            continue
        if name in kind.by_teller or not isinstance(value, dict) or not isinstance(known, dict):
            return True
        if any(known.get(inner) != said for inner, said in value.items()):
            return True
    return False


def _one_a_teller(versions: Sequence[Version], newest: Account) -> list[Version]:
    """Each teller's newest word, the truth first, then the surest and latest."""
    tellers: dict[str, list[Version]] = {}
    for version in versions:
        tellers.setdefault(version.client, []).append(version)
    words = [next(v for v in said if v.version == truth(said).version) for said in tellers.values()]
    asserted = [v for v in words if v.fact is Fact.ASSERTED and v.version != newest.version]
    asserted.sort(key=lambda v: (v.standing, v.source_time, v.version), reverse=True)
    return [next(v for v in versions if v.version == newest.version), *asserted]


def _with_people(kind: Kind, told: Content, accounts: Sequence[Version]) -> Content:
    for name in kind.by_teller:
        given = [account.content[name] for account in accounts if account.content.get(name)]
        told.pop(name, None)
        if len({_who(person) for person in given}) > 1:
            told["contactDisputed"] = True
        elif given:
            told[name] = {key: value for person in reversed(given) for key, value in person.items()}
    return told


def _who(person: Mapping[str, Any]) -> tuple[str, ...]:
    """Who is meant, so that a telephone number more or less is no dispute."""
    names = person.get("names", {})
    said = (person.get("company", ""), names.get("family", ""), *names.get("given", ())[:1])
    return tuple(" ".join(part.casefold().split()) for part in said)
