"""Entries to start from: what a council's services would be, under agreements that nobody has signed.

They are text and not values written out: the comments teach whoever fills them in.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from textwrap import wrap

from hub.places import Council, CouncilKind, council, describe_end, districts_of, successor
from hub.recipients.catalogue import Catalogue, CouncilService, catalogue

_HEAD = """\
# {official} ({code})
#
# A starting point, written by `tuo recipients init`. Nobody is told anything under it: no agreement cites a power to
# share, so all that is for these services is held until somebody signs.
#
# To fill in, a service at a time (`tuo recipients check` says what is wrong, and which variables are not set):
#   connector, settings  how the service takes deliveries: a webhook's address and its secret, by the names of variables
#   answersWithin        by when it says what it did, such as 5 days; never, where it does not tell the hub
#   places               of one service alone where they differ, and from or until a day:
#                        places: [{{code: {code}, until: 2027-04-01}}]
# and of each agreement, one for a kind of change:
#   fields               what it is told. Take out what it does not need
#   asks                 statute: a duty, nobody is asked; choice: the citizen chooses whether it is told
#   identity             how sure it has to be who told, where people tell themselves: low, medium or high
#   sender, receiver     the power to share, the Article 6 basis and, with health in it, the Article 9 condition of each side
#   purpose, nature      what the service does with it, and whether that is a duty, an entitlement, an offer or a reminder
#   protocol             the reference of the signed protocol
#   impactAssessment     the reference of the signed impact assessment
#   signedBy, signedOn   which office signed for the service, and when
#   (hub/recipients/entries.py has every key of an entry with what it means)
"""
_SERVICE = """\
  - service: {service}
    name: {name}
    kinds: [{kinds}]
    connector: webhook
    settings:
      url: ${{{variable}_URL}}
      secrets: ["${{{variable}_SECRET}}"]
    answersWithin: {answers}
"""
_AGREEMENT = """\
  - id: {organisation}-{service}-{kind}
    recipient: {organisation}.{service}
    kind: {kind}
    standing: {standing}
    purpose: {purpose}
    nature: {nature}
    asks: {asks}
    identity: {identity}
    # sender: {{power: the enactment and section, basis: Article 6(1)(e)}}
    # receiver: {{power: the enactment and section, basis: Article 6(1)(e)}}
    protocol: to be signed
    # impactAssessment: the reference of the signed one
    # signedBy: the office that signs for the service
    # signedOn: {today}
    citizenReads: {reads}
    fields: [{fields}]
"""

_WIDTH = 116


class NoStart(Exception):
    """No entry is written for this code; the text says why and what to do."""


def starting_points(code: str, on: date) -> Mapping[str, str]:
    """The files for a council by their names: its own, and of a county its districts' too. Raises `NoStart`."""
    found = _council(code, on)
    councils = [found, *districts_of(found, on)] if found.kind is CouncilKind.COUNTY else [found]
    return {f"{slug(one)}.yaml": _file(one, on) for one in councils}


def slug(one: Council) -> str:
    """The council's id in the register: `north-hertfordshire`."""
    plain = unicodedata.normalize("NFKD", one.name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return "-".join("".join(letter if letter.isalnum() else " " for letter in plain).split())


def _council(code: str, on: date) -> Council:
    found = council(code)
    if found is None:
        raise NoStart(
            f"{code} is no council of Great Britain. Give its GSS code, such as E10000015: `tuo places lookup POSTCODE` shows it."
        )
    if found.kind is CouncilKind.COMBINED:
        raise NoStart(f"{found.official} is a combined authority and runs no council's services. Give the code of one of its councils.")
    if not found.is_standing(on):
        after = successor(code, on)[0]
        hint = f" `tuo recipients init {after.code}` writes the entry of {after.official}." if after else ""
        raise NoStart(f"{describe_end(found)}{hint}")
    return found


def _file(one: Council, on: date) -> str:
    services = catalogue()
    told = [service for service in services.run_by(one.kind) if service.told]
    head = _HEAD.format(official=one.official, code=one.code)
    about = "".join(f"# {line}\n" for said in _about(one, on, services) for line in wrap(said, _WIDTH))
    organisation = f"\norganisation: {slug(one)}\nname: {one.official}\nplaces: [{one.code}]\n# contact: the desk that answers for them\n"
    listed = "services:\n" + "".join(_service(one, service) for service in told)
    return head + ("#\n" + about if about else "") + organisation + listed + "agreements:\n" + "".join(_agreements(one, told, services, on))


def _about(one: Council, on: date, services: Catalogue) -> Iterator[str]:
    """What a reader of the file should know of the council."""
    if end := describe_end(one):
        yield f"{end} From that day an entry is needed for {' and '.join(one.successors)}."
    if one.county and (county := council(one.county)):
        run = _names([service for service in services.run_by(CouncilKind.COUNTY) if one.kind not in service.run_by])
        yield f"{one.official} is a district of {county.official} ({county.code}), which runs here: {run}."
        yield f"`tuo recipients init {county.code}` writes both."
    if some := districts_of(one, on):
        yield f"Its districts run the rest, each by an entry of its own: {', '.join(slug(district) for district in some)}."
    if one.combined and (combined := council(one.combined)):
        yield f"It belongs to {combined.official} ({combined.code})."
    for service in services.elsewhere(one.kind):
        yield f"Not here: {service.name} is {service.elsewhere[one.kind]}."
    if untold := [service for service in services.run_by(one.kind) if not service.told]:
        yield f"Not here, since they are told of no kind of change: {_names(untold)}."


def _service(one: Council, service: CouncilService) -> str:
    variable = f"{slug(one)}_{service.service}".upper().replace("-", "_")
    note = f"  # {service.note}\n" if service.note else ""
    kinds = ", ".join(service.told)
    return note + _SERVICE.format(
        service=service.service, name=service.name, kinds=kinds, variable=variable, answers=service.answers_within
    )


def _agreements(one: Council, told: Sequence[CouncilService], services: Catalogue, on: date) -> Iterator[str]:
    for service in told:
        for kind in service.told:
            yield _agreement(one, service, kind, services, on)


def _agreement(one: Council, service: CouncilService, kind: str, services: Catalogue, on: date) -> str:
    told, terms = service.told[kind], services.kinds[kind]
    return _AGREEMENT.format(
        organisation=slug(one),
        service=service.service,
        kind=kind,
        standing=terms.standing.word,
        purpose=told.purpose,
        nature=told.nature,
        asks=services.asks(service, kind),
        identity=terms.identity,
        today=on,
        reads=service.citizen_reads,
        fields=_wrapped(services.fields(service, kind)),
    )


def _wrapped(fields: Sequence[str]) -> str:
    return "\n      ".join(wrap(", ".join(fields), _WIDTH, break_long_words=False, break_on_hyphens=False))


def _names(services: Sequence[CouncilService]) -> str:
    return "; ".join(service.name for service in services)
