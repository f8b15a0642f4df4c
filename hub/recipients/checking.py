"""What no single entry can know of itself: that ids are unique, agreements meet, fields, places and connectors exist."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from hub.kinds import Kinds
from hub.places import council
from hub.recipients.agreed import agreement_warnings
from hub.recipients.documents import Document
from hub.recipients.entries import Agreement, Covered, Organisation, Service, Way
from hub.recipients.faults import Fault
from hub.recipients.filtering import agreed_fields, filter_faults
from hub.recipients.prohibitions import prohibition
from hub.recipients.references import forbidden_references, secrets_in_clear, try_resolve
from hub.recipients.register import Register
from schemas import Standing

ReadIn = Sequence[tuple[Document, Organisation]]
Checks = Mapping[str, Callable[[Mapping[str, Any]], list[str]]]


def cross_faults(read_in: ReadIn, kinds: Kinds, checks: Checks) -> Iterator[Fault]:
    """Every fault between entries."""
    yield from _repeated(read_in)
    services = _services(read_in)
    agreed = agreed_fields(organisation for _, organisation in read_in)
    for document, organisation in read_in:
        yield from _place_faults(document, ("places",), organisation.places)
        for number, service in enumerate(organisation.services):
            at = ("services", number)
            yield from _place_faults(document, (*at, "places"), service.places)
            yield from _kind_faults(document, (*at, "kinds"), service.kinds, kinds)
            for where, way in service.ways.items():
                yield from _connector_faults(document, (*at, *where), way, checks)
            yield from filter_faults(document, (*at, "filters"), f"{organisation.organisation}.{service.service}", service, agreed)
        for number, agreement in enumerate(organisation.agreements):
            yield from _agreement_faults(document, ("agreements", number), agreement, services, kinds)
    yield from _overlaps(read_in)


def warnings(read_in: ReadIn) -> Iterator[Fault]:
    """What is allowed and holds deliveries, or waits for a setting of the process that delivers; of entries without a fault."""
    register = Register(tuple(organisation for _, organisation in read_in))
    for document, organisation in read_in:
        for number, service in enumerate(organisation.services):
            at = ("services", number)
            for kind in service.kinds:
                if not register.agreements(f"{organisation.organisation}.{service.service}", kind):
                    yield document.fault(at, f"has no agreement for {kind}: its deliveries are held", "an agreement that names it")
            for where, way in service.ways.items():
                for path, reference in try_resolve(way.settings)[1].items():
                    said = f"refers to {reference}, which is not set here: the process that delivers needs it"
                    yield document.fault((*at, *where, "settings", *path.split(".")), said, "an environment variable or a file")
        for number, agreement in enumerate(organisation.agreements):
            service, others = register.recipients[agreement.recipient].entry, register.agreements(agreement.recipient, agreement.kind)
            yield from agreement_warnings(document, ("agreements", number), agreement, service, others)


def _services(read_in: ReadIn) -> Mapping[str, Service]:
    return {f"{o.organisation}.{s.service}": s for _, o in read_in for s in o.services}


def _repeated(read_in: ReadIn) -> Iterator[Fault]:
    seen: dict[tuple[str, str], str] = {}
    for document, organisation in read_in:
        named = [(("organisation",), ("organisation", organisation.organisation))]
        for number, service in enumerate(organisation.services):
            named.append((("services", number, "service"), ("recipient", f"{organisation.organisation}.{service.service}")))  # type: ignore[arg-type]
        for number, agreement in enumerate(organisation.agreements):
            named.append((("agreements", number, "id"), ("agreement", agreement.name)))  # type: ignore[arg-type]
        for path, name in named:
            if name in seen:
                yield document.fault(path, f"({name[1]}) is already in {seen[name]}", "an id of its own")
            seen[name] = f"{document.file}:{document.line(path)}"


def _place_faults(document: Document, path: Sequence[str | int], places: Sequence[Covered] | str | None) -> Iterator[Fault]:
    if places is None or isinstance(places, str):
        return
    for one in places:
        if council(one.code) is None:
            yield document.fault(path, f"names {one.code}, which is no council", "the GSS code of a council, such as E07000243")
        if one.until is not None and one.until <= one.from_:
            yield document.fault(path, f"ends with {one.code} before it begins there", "`until` as a later day than `from`")


def _kind_faults(document: Document, path: Sequence[str | int], named: Iterable[str], kinds: Kinds) -> Iterator[Fault]:
    for kind in named:
        if kind not in kinds:
            yield document.fault(path, f"names {kind}, which is no kind of event", ", ".join(sorted(kinds)))


def _connector_faults(document: Document, at: tuple[str | int, ...], way: Way, checks: Checks) -> Iterator[Fault]:
    check = checks.get(way.connector)
    if check is None:
        yield document.fault((*at, "connector"), f"({way.connector}) is not known", ", ".join(sorted(checks)))
        return
    settings = (*at, "settings")
    for path in secrets_in_clear(way.settings):
        accepted = "a reference: `${NAME}` or `${file:/path}`, without a default"
        yield document.fault((*settings, *path.split(".")), "is a secret in clear", accepted)
    for path in forbidden_references(way.settings):
        yield document.fault((*settings, *path.split(".")), "refers to a setting of the hub itself", "names that do not begin with TUO_")
    resolved, missing = try_resolve(way.settings)
    for said in check(resolved):
        field, _, fault = said.partition(": ")
        if not any(f"{field}.".startswith(f"{path}.") or path.startswith(f"{field}.") for path in missing):
            yield document.fault((*settings, *field.split(".")) if fault else settings, "is not accepted", fault or said)


def _agreement_faults(
    document: Document, at: tuple[str | int, ...], agreement: Agreement, services: Mapping[str, Service], kinds: Kinds
) -> Iterator[Fault]:
    service = services.get(agreement.recipient)
    if service is None:
        yield document.fault((*at, "recipient"), f"({agreement.recipient}) is not in the register", "`organisation.service` of an entry")
    elif agreement.kind not in service.kinds and agreement.kind in kinds:
        yield document.fault((*at, "kind"), f"({agreement.kind}) is not among the kinds of {agreement.recipient}", ", ".join(service.kinds))
    if agreement.kind not in kinds:
        yield from _kind_faults(document, (*at, "kind"), [agreement.kind], kinds)
        return
    known = kinds.field_paths(agreement.kind)
    for path in agreement.fields:
        if path not in known:
            near = sorted(name for name in known if name.rpartition(".")[0] == path.rpartition(".")[0])
            accepted = ", ".join(near or sorted(known))[:300]
            yield document.fault((*at, "fields"), f"names {path}, which {agreement.kind} does not have", accepted)
        elif (rule := prohibition(agreement.recipient, path, known)) is not None:
            said = f"names {path}, which {agreement.recipient} may not be told: {rule.id} ({rule.source})"
            yield document.fault((*at, "fields"), said, "fields that no rule in hub/recipients/prohibitions.yaml keeps from it")
    if agreement.ends is not None and agreement.ends <= agreement.starts:
        yield document.fault((*at, "ends"), "is not after `starts`", "a later day")
    if (agreement.signed_by is None) != (agreement.signed_on is None):
        yield document.fault(at, "says only half of who signed, and when", "`signedBy` with `signedOn`")
    if agreement.mark is None and agreement.standing is not Standing.REGISTERED:
        yield document.fault((*at, "mark"), "is taken away, and facts less sure than registered are told", "`stop-nothing`")


def _overlaps(read_in: ReadIn) -> Iterator[Fault]:
    found: dict[tuple[str, str], list[tuple[Agreement, Document, int]]] = {}
    for document, organisation in read_in:
        for number, agreement in enumerate(organisation.agreements):
            found.setdefault((agreement.recipient, agreement.kind), []).append((agreement, document, number))
    for some in found.values():
        some.sort(key=lambda one: one[0].starts)
        for (earlier, _, _), (later, document, number) in pairwise(some):
            if earlier.ends is None or later.starts < earlier.ends:
                said = f"({later.name}) holds on the same days as {earlier.name}"
                yield document.fault(("agreements", number), said, "an end for the earlier, or a later start")
