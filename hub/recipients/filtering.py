"""Whether the filters of a service can mean something: that they can be read, and look at nothing but what it is told."""

from collections.abc import Iterable, Iterator, Mapping

from hub.filters import FilterFault, read_filter
from hub.recipients.documents import Document
from hub.recipients.entries import Organisation, Service
from hub.recipients.faults import Fault

# By recipient and kind, the fields of all its agreements.
Agreed = Mapping[tuple[str, str], frozenset[str]]


def agreed_fields(organisations: Iterable[Organisation]) -> Agreed:
    """What each recipient may ever be told, whatever the day."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for organisation in organisations:
        for one in organisation.agreements:
            key = one.recipient, one.kind
            found[key] = found.get(key, frozenset()) | frozenset(one.fields)
    return found


def filter_faults(document: Document, at: tuple[str | int, ...], recipient: str, service: Service, agreed: Agreed) -> Iterator[Fault]:
    """Every fault of one service's filters."""
    for kind, text in service.filters.items():
        place = (*at, kind)
        if kind not in service.kinds:
            yield document.fault(place, "is of a kind that the service is not told", ", ".join(service.kinds))
            continue
        found = read_filter(text)
        if isinstance(found, FilterFault):
            yield document.fault(place, found.fault, found.accepted)
            continue
        fields = agreed.get((recipient, kind), frozenset())
        for path in sorted(found.paths):
            if not _is_told(path, fields):
                # It would never be there to be looked at, and so exclude everything in silence.
                accepted = ", ".join(f"data.{field}" for field in sorted(fields)) or "no field: there is no agreement yet"
                yield document.fault(place, f"looks at data.{path}, which no agreement tells {recipient}", accepted[:300])


def _is_told(path: str, fields: frozenset[str]) -> bool:
    return any(path == field or path.startswith(f"{field}.") or field.startswith(f"{path}.") for field in fields)
