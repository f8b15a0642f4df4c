"""The register in memory: who can be told, where, how, and under which agreements."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import orjson

from hub.kinds import BUILT_IN, Kinds, OwnKind
from hub.places import council
from hub.recipients.controller import Controller
from hub.recipients.entries import Agreement, Covered, Organisation, Service
from hub.recipients.faults import Fault


@dataclass(frozen=True, slots=True)
class Recipient:
    """One service of one organisation. `places` None: everywhere; else where it is responsible, some places for some days only."""

    id: str
    organisation: str
    entry: Service
    places: tuple[Covered, ...] | None

    @property
    def service(self) -> str:
        return self.entry.service

    @property
    def name(self) -> str:
        """As people read it: `Council tax, Stevenage Borough Council`."""
        return f"{self.entry.name}, {self.organisation}"

    @property
    def over_since(self) -> date | None:
        """The first day on which it is responsible nowhere any more: its councils have ended, or others have taken its places over.

        None while it is, or may be again, responsible somewhere.
        """
        ends = [_first(one.until, found.ended if (found := council(one.code)) else None) for one in self.places or ()]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


@dataclass(frozen=True)
class Register:
    """All entries as loaded, the kinds of change they speak of, and who runs the hub.

    `version` is the ledger's number for it, 0 while only in files.
    """

    organisations: tuple[Organisation, ...]
    version: int = 0
    kinds: Kinds = field(default=BUILT_IN, compare=False)
    controller: Controller | None = None
    warnings: tuple[Fault, ...] = field(default=(), compare=False)

    @cached_property
    def recipients(self) -> Mapping[str, Recipient]:
        """By id, in the order of their ids."""
        return {one.id: one for one in sorted(_recipients(self.organisations), key=lambda one: one.id)}

    @cached_property
    def agreed(self) -> Mapping[tuple[str, str], Sequence[Agreement]]:
        """All agreements by recipient and kind, each recipient's in the order in which they start."""
        found: dict[tuple[str, str], list[Agreement]] = {}
        for organisation in self.organisations:
            for agreement in organisation.agreements:
                found.setdefault((agreement.recipient, agreement.kind), []).append(agreement)
        return {key: tuple(sorted(some, key=lambda one: (one.starts, one.version))) for key, some in found.items()}

    def agreements(self, recipient: str, kind: str) -> Sequence[Agreement]:
        """Those of one recipient for one kind, in the order in which they start."""
        return self.agreed.get((recipient, kind), ())

    def running(self, recipient: str, kind: str, on: date) -> Agreement | None:
        """The one of them that holds on a day, whatever it may lack."""
        return next((one for one in self.agreements(recipient, kind) if one.is_running(on)), None)

    @cached_property
    def kinds_that_offer(self) -> frozenset[str]:
        """The kinds of change after which anybody is told who offers or reminds."""
        return frozenset(kind for (_, kind), some in self.agreed.items() if any(one.offers for one in some))

    @cached_property
    def _everywhere(self) -> Mapping[str, tuple[Recipient, ...]]:
        return _by_kind(one for one in self.recipients.values() if one.places is None)

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], Sequence[tuple[Recipient, Covered]]]:
        found: dict[tuple[str, str], list[tuple[Recipient, Covered]]] = {}
        for one in self.recipients.values():
            for kind in one.entry.kinds:
                for covered in one.places or ():
                    found.setdefault((kind, covered.code), []).append((one, covered))
        return found

    def concerned(self, kind: str, codes: Iterable[str], on: date) -> list[Recipient]:
        """Who may have to be told on the day `on` of an event of `kind` at the councils with these GSS codes, the centre first."""
        found = {one.id: one for one in self._everywhere.get(kind, ())}
        for code in codes:
            found |= {one.id: one for one, covered in self._by_place.get((kind, code), ()) if covered.is_running(on)}
        return list(found.values())

    def missing(self, kind: str, concerned: Iterable[Recipient]) -> list[str]:
        """The services that are to be told of `kind` wherever it happens, and that none of `concerned` is."""
        served = {one.service for one in concerned}
        return [service for service in self.kinds[kind].expected if service not in served]

    @cached_property
    def content(self) -> bytes:
        """Entries and kinds as JSON, the same for the same: what the ledger keeps. References to secrets stay references."""
        rows = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in self.organisations]
        kinds = [{"entry": one.entry, "schema": one.schema} for one in self.kinds.own]
        content: dict[str, Any] = {
            "organisations": sorted(rows, key=lambda row: str(row["organisation"])),
            "kinds": sorted(kinds, key=lambda one: str((one["entry"] or {})["kind"])),
        }
        if self.controller is not None:
            content["controller"] = self.controller.model_dump(mode="json", by_alias=True)
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)

    @cached_property
    def digest(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    @classmethod
    def from_content(cls, content: Mapping[str, Any], version: int) -> "Register":
        """What the ledger keeps, read back."""
        own = tuple(OwnKind(one["entry"], one["schema"]) for one in content["kinds"])
        organisations = tuple(Organisation.model_validate(row) for row in content["organisations"])
        controller = Controller.model_validate(content["controller"]) if "controller" in content else None
        return cls(organisations, version, Kinds(own) if own else BUILT_IN, controller)


def _recipients(organisations: Iterable[Organisation]) -> Iterable[Recipient]:
    for organisation in organisations:
        for service in organisation.services:
            places = service.places or organisation.places
            covered = None if places == "everywhere" else places
            yield Recipient(f"{organisation.organisation}.{service.service}", organisation.name, service, covered)


def _by_kind(recipients: Iterable[Recipient]) -> Mapping[str, tuple[Recipient, ...]]:
    found: dict[str, list[Recipient]] = {}
    for one in recipients:
        for kind in one.entry.kinds:
            found.setdefault(kind, []).append(one)
    return {kind: tuple(some) for kind, some in found.items()}
