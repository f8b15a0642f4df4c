"""Which services councils run, by kind of council, and what each is told of each kind of change: `catalogue.yaml`, read."""

from functools import cache
from pathlib import Path as File
from typing import Literal

from pydantic import Field

from hub.kinds import Entry, Path, Slug, shipped
from hub.places import CouncilKind
from hub.recipients.entries import Text
from schemas import Standing
from schemas.parts import Confidence

_FILE = File(__file__).parent / "catalogue.yaml"

Asks = Literal["statute", "choice"]


class KindOfChange(Entry):
    """What holds for a kind whichever service is told; each is the draft agreement's member of that name."""

    base: tuple[Path, ...]
    standing: Standing = Standing.REGISTERED
    asks: Asks = "statute"
    identity: Confidence = Confidence.LOW


class Told(Entry):
    """What one service is told of one kind, beside the base and otherwise than the kind says."""

    purpose: Text
    fields: tuple[Path, ...]
    nature: Literal["duty", "entitlement", "offer", "reminder"] = "duty"
    asks: Asks | None = None


class CouncilService(Entry):
    """A service as councils run it; `told` by kind of change."""

    service: Slug
    name: Text
    run_by: tuple[CouncilKind, ...]
    answers_within: Text
    told: dict[str, Told]
    citizen_reads: Literal["received", "everything"] = "everything"
    note: Text | None = None
    elsewhere: dict[CouncilKind, Text] = Field(default_factory=dict, description="by kind of council, whose it is there")


class Catalogue(Entry):
    """All of them."""

    kinds: dict[str, KindOfChange]
    services: tuple[CouncilService, ...]

    def run_by(self, kind: CouncilKind) -> list[CouncilService]:
        return [one for one in self.services if kind in one.run_by]

    def elsewhere(self, kind: CouncilKind) -> list[CouncilService]:
        return [one for one in self.services if kind in one.elsewhere]

    def fields(self, service: CouncilService, kind: str) -> list[str]:
        """What `service` is told of a change of `kind`."""
        return sorted({*self.kinds[kind].base, *service.told[kind].fields})

    def asks(self, service: CouncilService, kind: str) -> Asks:
        """Whether the citizen is asked before `service` is told."""
        return service.told[kind].asks or self.kinds[kind].asks


def service_name(service: str) -> str | None:
    """What councils call the service with this code; None for a code of nobody's."""
    return next((one.name for one in catalogue().services if one.service == service), None)


@cache
def catalogue() -> Catalogue:
    """As shipped."""
    return Catalogue.model_validate(shipped(_FILE))
