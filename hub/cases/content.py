"""What recipients are told of a case: the newest registered facts, and the people around the subject as each teller gave them.

Facts come from the version that is the truth. Each other teller's newest word fills what the truth leaves open (the
register knows no National Insurance number). People such as the estate contact, spouse and next of kin never follow time:
where tellers name different ones, none is given, and `contactDisputed` says so; where each names several, all are kept. Of
people whom the truth names (a mother) others fill in what they say of the same person; where they name another it is marked
so too. Which members are which, the kind says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from hub.cases.itself import is_own_client
from hub.cases.truth import Account, truth
from hub.kinds import Kind
from schemas.standing import Fact, Standing

Content = dict[str, Any]
_NUMBERS = ("nhsNumber", "nino", "chi")


@dataclass(frozen=True, slots=True)
class Version(Account):
    """A version with its teller and its opened content (`schemas.content_of`). `name` is what its teller calls the notification,
    `corrects` what it calls the one that it corrects, if any."""

    client: str
    content: Mapping[str, Any] = field(repr=False)
    name: str = field(default="", repr=False)
    corrects: str | None = field(default=None, repr=False)

    @property
    def is_confirmed(self) -> bool:
        return self.content.get("confirmed") is not False


def version_of(
    number: int, standing: int, fact: int, registration: bytes | None, source_time: datetime, client: str, event: Mapping[str, Any]
) -> Version:
    """A version from its row and the event that was sealed with it."""
    source, corrects = event["source"], event.get("corrects")
    names = f"{source} {event['id']}", None if corrects is None else f"{source} {corrects}"
    return Version(number, Standing(standing), Fact(fact), registration, source_time, client, event["data"], *names)


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
            if name in kind.by_truth and name in told and _differ(told[name], value):
                continue
            if name not in told:
                told[name] = value
            elif isinstance(value, dict):
                told[name] = {**value, **told[name]}
    told = _whole(kind, told, [one for one in accounts[1:] if one.standing is newest.standing])
    asserted = [version for version in versions if version.fact is Fact.ASSERTED]
    told.pop("choices", None)
    return _with_people(kind, told | _chosen(asserted, newest) | _protection(versions), accounts)


def _whole(kind: Kind, told: Content, others: Sequence[Version]) -> Content:
    """What belongs together comes from one teller: the truth, or where that leaves it out the first of those as sure, with what
    the truth does say of it (until when). Silence corrects nobody, and what the truth says (that nobody knows where to) nobody
    gainsays. A wish is of one's own word: it uncovers nobody else's, but a refusal holds for all."""
    wishes = {apart.unless for apart in kind.apart.values()}
    for together in kind.together:
        said = {name: told[name] for name in together if name in told and not (name in wishes and told[name])}
        for other in () if together[0] in told else others:
            theirs = {name: other.content[name] for name in together if name in other.content}
            if together[0] in theirs and all(theirs.get(name, value) == value for name, value in said.items() if name not in wishes):
                told = {name: value for name, value in told.items() if name not in together} | theirs | said
                break
    return told


def _chosen(asserted: Sequence[Version], newest: Account) -> Content:
    """Whom to tell, by the newest word about each recipient, of what each teller said last: choices follow time, not standing."""
    last = {one.client: one for one in sorted(asserted, key=_told_at) if one.is_confirmed >= newest.is_confirmed}
    said = (choice for one in sorted(last.values(), key=_told_at) for choice in one.content.get("choices", ()))
    chosen = {choice["recipient"]: choice for choice in said}
    return {"choices": list(chosen.values())} if chosen else {}


def _protection(versions: Iterable[Version]) -> Content:
    wished = _wishes(versions)
    return {"protected": any(wished.values())} if wished else {}


def protected_by(versions: Iterable[Version]) -> set[str]:
    """The clients whose wish for protection stands, of all the versions of a case that can still be read."""
    return {client for (client, _), wish in _wishes(versions).items() if wish}


def _wishes(versions: Iterable[Version]) -> Mapping[tuple[str, str], bool]:
    """Anybody's wish for protection stands, confirmed or not, however sure the fact is, until a correction of the very notification
    that wished it, or a correction of that, says false. Several people may tell through one portal: what corrects nothing, or
    another word, takes nothing back. By client and notification."""
    said = list(versions)
    above = {(one.client, one.name): (one.client, one.corrects) for one in said if one.corrects is not None}
    wishes: dict[tuple[str, str], bool] = {}
    over: set[tuple[str, str]] = set()
    for one in sorted(said, key=lambda one: (one.source_time, _wish_of(one)[1], one.version)):
        wish = one.content.get("protected")
        if wish is None or one.fact is not Fact.ASSERTED:
            continue
        wishes[_wish_of(one)[0]] = wish
        corrected = None if wish else above.get((one.client, one.name))
        while corrected is not None and corrected not in over:
            over.add(corrected)
            corrected = above.get(corrected)
    return {of: wish and of not in over for of, wish in wishes.items()}


def _wish_of(version: Version) -> tuple[tuple[str, str], int]:
    """Which wish a version speaks of, and as which of the words about that. What the hub passes on of a person it calls after their
    place and the version of the case that they follow from: its newest word is that case's, as whatever kind of source and under
    whatever address it is said."""
    if not is_own_client(version.client):
        return (version.client, version.name), 0
    place, _, number = version.name.rpartition(" ")[2].rpartition("-")
    return ("hub:", place), int(number)


def _told_at(account: Version) -> tuple[datetime, int]:
    """By the teller's own time first: a word may arrive late, and a merge numbers its copies after everything else."""
    return account.source_time, account.version


def says_more(kind: Kind, content: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    """Whether a teller says of the subject what is not told so already; the people around it are compared as people."""
    for name, value in content.items():
        known = told.get(name)
        if kind.is_truth_alone(name) or known == value:
            continue
        if name in kind.by_teller and known is not None and not _adds(known, value):
            continue
        if name in kind.by_teller or not isinstance(value, dict) or not isinstance(known, dict):
            return True
        if any(known.get(inner) != said for inner, said in value.items()):
            return True
    return False


def _one_a_teller(versions: Sequence[Version], newest: Account) -> list[Version]:
    """Each teller's newest word, the truth first, then the surest and latest. What is not confirmed adds nothing to what is."""
    tellers: dict[str, list[Version]] = {}
    for version in versions:
        tellers.setdefault(version.client, []).append(version)
    words = [next(v for v in said if v.version == truth(said).version) for said in tellers.values()]
    asserted = [v for v in words if v.fact is Fact.ASSERTED and v.version != newest.version and v.is_confirmed >= newest.is_confirmed]
    asserted.sort(key=lambda v: (v.standing, v.source_time, v.version), reverse=True)
    return [next(v for v in versions if v.version == newest.version), *asserted]


def _with_people(kind: Kind, told: Content, accounts: Sequence[Version]) -> Content:
    for name in kind.by_teller:
        given = [account.content[name] for account in accounts if account.content.get(name)]
        told.pop(name, None)
        if given and isinstance(given[0], list):
            told[name] = _every(given)
        elif _disagree(given):
            told["contactDisputed"] = True
        elif given:
            told[name] = {key: value for person in reversed(given) for key, value in person.items()}
    for name in kind.by_truth:
        if _disagree([account.content[name] for account in accounts if account.content.get(name)]):
            told["contactDisputed"] = True
    return told


def _every(given: Sequence[list[Any]]) -> list[Any]:
    """Whoever anybody names, once."""
    named: list[Any] = []
    for one in chain(*given):
        if one not in named:
            named.append(one)
    return named


def _adds(known: Any, value: Any) -> bool:
    """Whether a teller names somebody who is not named yet."""
    return any(one not in known for one in value) if isinstance(value, list) else _differ(known, value)


def _disagree(given: Sequence[Mapping[str, Any]]) -> bool:
    """Whether more than one person is meant. The first is the truth's, or the surest there is."""
    return any(_differ(given[0], other) for other in given[1:])


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two are meant. A number that both have says it; else the names do, where both have one."""
    for number in _NUMBERS:
        if number in one and number in other:
            return bool(one[number] != other[number])
    named, also_named = _who(one), _who(other)
    return any(named) and any(also_named) and named != also_named


def _who(person: Mapping[str, Any]) -> tuple[str, ...]:
    """Who is meant, so that a telephone number more or less is no dispute."""
    names = person.get("names", {})
    said = (person.get("company", ""), names.get("family", ""), *names.get("given", ())[:1])
    return tuple(" ".join(part.casefold().split()) for part in said)
